import type { Module } from "../analysis/module.ts";
import { literal, type Node, part, parts, text, walk } from "../analysis/node.ts";

/** What the importers of a remote module take from it: name to the dotted names below it that are used as types. */
export type RemoteNames = Map<string, Set<string>>;

/** By specifier as written. `default` and names; members of a namespace count as names. */
export function findRemoteNames(
  { program }: Module,
  isRemote: (specifier: string) => boolean,
): Map<string, RemoteNames> {
  const found = new Map<string, RemoteNames>();
  const namesOf = (node: Node | null): RemoteNames | null => {
    const specifier = literal(node);
    if (specifier == null || !isRemote(specifier)) return null;
    const names = found.get(specifier) ?? new Map<string, Set<string>>();
    found.set(specifier, names);
    return names;
  };
  const locals = new Map<string, { readonly names: RemoteNames; readonly name: string | null }>();
  for (const statement of parts(program, "body")) {
    const names = namesOf(part(statement, "source"));
    if (names == null) continue;
    for (const one of parts(statement, "specifiers")) {
      const isSpace = one.type === "ImportNamespaceSpecifier";
      const given = part(one, one.type === "ExportSpecifier" ? "local" : "imported");
      const name = isSpace
        ? null
        : one.type === "ImportDefaultSpecifier"
          ? "default"
          : (literal(given) ?? text(given));
      if (name != null) add(names, name);
      if (one.type !== "ExportSpecifier") locals.set(text(part(one, "local")), { names, name });
    }
  }
  walk(program, (node) => {
    if (node.type === "ImportExpression") namesOf(part(node, "source"));
    if (node.type === "TSImportType") {
      const names = namesOf(part(node, "source") ?? part(part(node, "argument") ?? node, "literal"));
      const [first, ...below] = dotted(part(node, "qualifier"));
      if (names != null && first != null) add(names, first, below);
    }
    const chain = node.type === "TSQualifiedName" || node.type === "MemberExpression" ? dotted(node) : [];
    const [head = "", ...rest] = chain;
    const local = locals.get(head);
    if (local == null) return undefined;
    if (local.name == null && rest[0] != null) add(local.names, rest[0], rest.slice(1));
    else if (local.name != null && node.type === "TSQualifiedName") add(local.names, local.name, rest);
    return undefined;
  });
  return found;
}

function add(names: RemoteNames, name: string, below: readonly string[] = []): void {
  const known = names.get(name) ?? new Set<string>();
  names.set(name, known);
  if (below.length > 0) known.add(below.join("."));
}

/** `A.B.C` as its names; empty when a part of it is something else. */
function dotted(node: Node | null): readonly string[] {
  if (node?.type === "Identifier") return [text(node)];
  const [left, right] =
    node?.type === "TSQualifiedName"
      ? ["left", "right"]
      : node?.type === "MemberExpression"
        ? ["object", "property"]
        : [];
  if (node == null || left == null || right == null || node["computed"] === true) return [];
  const before = dotted(part(node, left));
  return before.length === 0 ? [] : [...before, text(part(node, right))];
}
