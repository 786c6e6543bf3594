import type { SourceFile } from "../../../plan/source-tree.ts";
import type { ParseCode, Parsed } from "../../../plan/syntax.ts";
import { literal, type Node, part, parts, text, walk } from "./node.ts";

/** A name that comes from another module. */
interface ImportedName {
  readonly specifier: string;
  /** `*` for the namespace. */
  readonly name: string;
}

export interface ModuleImport {
  readonly specifier: string;
  readonly offset: number;
  readonly isType: boolean;
  /** `import("…")`, which costs nothing until it is asked for. */
  readonly isDynamic: boolean;
}

export interface Module extends Parsed {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly ModuleImport[];
  /** By the local name. */
  readonly imported: ReadonlyMap<string, ImportedName>;
  /** Exported name to the local one, or to another module's. */
  readonly exported: ReadonlyMap<string, string | ImportedName>;
  /** Modules of `export * from`. */
  readonly passesOn: readonly string[];
}

export function parseModule({ path, text: source }: SourceFile, parse: ParseCode): Module {
  const parsed = parse(path, source);
  const imports: ModuleImport[] = [];
  const imported = new Map<string, ImportedName>();
  const exported = new Map<string, string | ImportedName>();
  const passesOn: string[] = [];
  const add = (node: Node | null, isType: boolean, isDynamic = false): string | null => {
    const specifier = literal(node);
    if (specifier == null || node == null) return null;
    imports.push({ specifier, offset: node.start, isType, isDynamic });
    return specifier;
  };
  for (const statement of parts(parsed.program, "body")) {
    const isType = statement["importKind"] === "type" || statement["exportKind"] === "type";
    const specifier = add(part(statement, "source"), isType);
    if (statement.type === "ImportDeclaration" && specifier != null) {
      for (const one of parts(statement, "specifiers")) {
        const local = text(part(one, "local"));
        const name =
          one.type === "ImportNamespaceSpecifier"
            ? "*"
            : one.type === "ImportDefaultSpecifier"
              ? "default"
              : nameOf(part(one, "imported"));
        imported.set(local, { specifier, name });
      }
    } else if (statement.type === "ExportAllDeclaration" && specifier != null) passesOn.push(specifier);
    else if (statement.type === "ExportNamedDeclaration") {
      for (const one of parts(statement, "specifiers")) {
        const local = nameOf(part(one, "local"));
        exported.set(nameOf(part(one, "exported")), specifier == null ? local : { specifier, name: local });
      }
      for (const name of declaredNames(part(statement, "declaration"))) exported.set(name, name);
    } else if (statement.type === "ExportDefaultDeclaration") {
      const declared = part(statement, "declaration");
      exported.set("default", text(declared == null ? null : part(declared, "id")) || "*default*");
    }
  }
  if (/\bimport\s*\(/.test(source)) {
    walk(parsed.program, (node) => {
      if (node.type === "ImportExpression") add(part(node, "source"), false, true);
      return undefined;
    });
  }
  return { ...parsed, path, text: source, imports, imported, exported, passesOn };
}

function nameOf(node: Node | null): string {
  return literal(node) ?? text(node);
}

/** Names that a statement brings into its scope. */
export function declaredNames(statement: Node | null): readonly string[] {
  if (statement == null) return [];
  if (statement.type === "VariableDeclaration")
    return parts(statement, "declarations").flatMap((one) => boundNames(part(one, "id")));
  const name = text(part(statement, "id"));
  return name === "" ? [] : [name];
}

/** Names in a binding pattern. */
export function boundNames(pattern: Node | null): readonly string[] {
  if (pattern == null) return [];
  switch (pattern.type) {
    case "Identifier":
      return [text(pattern)];
    case "ObjectPattern":
      return parts(pattern, "properties").flatMap((one) =>
        boundNames(part(one, one.type === "RestElement" ? "argument" : "value")),
      );
    case "ArrayPattern":
      return parts(pattern, "elements").flatMap(boundNames);
    case "AssignmentPattern":
      return boundNames(part(pattern, "left"));
    case "RestElement":
      return boundNames(part(pattern, "argument"));
    case "TSParameterProperty":
      return boundNames(part(pattern, "parameter"));
    default:
      return [];
  }
}
