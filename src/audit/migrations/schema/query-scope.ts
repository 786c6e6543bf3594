import type { SqlFields } from "../../../plan/sql-tree.ts";
import { fieldsOf, isTrue, listOf, open, strings, text } from "../../sql-node.ts";
import { type Name, rangeName, show } from "./names.ts";
import { type Column, findRelation, isOurs, type Schema } from "./schema.ts";

export type Columns = ReadonlyMap<string, Column> | null;

/** Names that a query sees, level by level. Null columns = not known, so anything may be one. */
export interface Scope {
  readonly parent: Scope | null;
  readonly relations: { readonly alias: string; readonly name: Name | null; readonly columns: Columns }[];
  readonly ctes: Map<string, Columns>;
  /** Arguments, variables, output columns. */
  readonly names: Set<string>;
}

export type Problem =
  | { readonly kind: "relation"; readonly name: Name; readonly location: unknown }
  | {
      readonly kind: "column";
      readonly column: string;
      readonly of: string;
      readonly known: readonly string[];
      readonly location: unknown;
    }
  | {
      readonly kind: "label";
      readonly label: string;
      readonly type: string;
      readonly known: readonly string[];
      readonly location: unknown;
    };

export type Tell = (problem: Problem) => void;

export function childScope(parent: Scope | null, names: Iterable<string> = []): Scope {
  return { parent, relations: [], ctes: new Map(), names: new Set(names) };
}

/** Brings a table into a scope and tells when there is none. */
export function addTable(schema: Schema, scope: Scope, rangeVar: SqlFields, tell: Tell): Columns {
  const name = rangeName(rangeVar);
  const alias = fieldsOf(rangeVar, "alias");
  const shownAs = text(alias, "aliasname") || name.name;
  const cte = name.schema == null ? findCte(scope, name.name) : undefined;
  const found = cte === undefined ? findRelation(schema, name) : null;
  if (cte === undefined && found == null && isOurs(schema, name) && !isServerTable(name)) {
    tell({ kind: "relation", name, location: rangeVar["location"] });
  }
  const columns = renamed(cte === undefined ? (found?.columns ?? null) : cte, strings(alias, "colnames"));
  scope.relations.push({ alias: shownAs, name: cte === undefined ? name : null, columns });
  return columns;
}

function isServerTable({ schema, name }: Name): boolean {
  return schema == null && /^pg_/.test(name);
}

function findCte(scope: Scope, name: string): Columns | undefined {
  for (let level: Scope | null = scope; level != null; level = level.parent) {
    if (level.ctes.has(name)) return level.ctes.get(name) ?? null;
  }
  return undefined;
}

export function renamed(columns: Columns, names: readonly string[]): Columns {
  if (names.length === 0 || columns == null) return names.length === 0 ? columns : null;
  return new Map([...columns].map(([name, column], index) => [names[index] ?? name, column]));
}

const systemColumns = new Set(["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "excluded", "new", "old"]);

/** The column a reference means; null when it cannot be told, and told when there is none. */
export function resolveColumn(scope: Scope, ref: SqlFields, tell: Tell): Column | null {
  const parts = listOf(ref, "fields").map(({ kind, fields }) =>
    kind === "String" ? text(fields, "sval") : "*",
  );
  const column = parts.at(-1) ?? "*";
  if (column === "*" || systemColumns.has(column)) return null;
  const location = ref["location"];
  if (parts.length === 1) return resolveBare(scope, column, location, tell);
  const qualifier = parts.at(-2) ?? "";
  for (let level: Scope | null = scope; level != null; level = level.parent) {
    const relation = level.relations.find(
      ({ alias, name }) =>
        alias === qualifier && (parts.length < 3 || name == null || name.schema === parts[0]),
    );
    if (relation == null) continue;
    const { columns } = relation;
    const found = columns?.get(column);
    if (columns != null && found == null) {
      const of = relation.name == null ? relation.alias : show(relation.name);
      tell({ kind: "column", column, of, known: [...columns.keys()], location });
    }
    return found ?? null;
  }
  return null;
}

function resolveBare(scope: Scope, column: string, location: unknown, tell: Tell): Column | null {
  const near: string[] = [];
  const of: string[] = [];
  for (let level: Scope | null = scope; level != null; level = level.parent) {
    if (level.names.has(column.toLowerCase())) return null;
    for (const { alias, name, columns } of level.relations) {
      const found = columns?.get(column);
      if (found != null) return found;
      if (columns == null || alias === column) return null;
      near.push(...columns.keys());
      of.push(name == null ? alias : show(name));
    }
  }
  if (of.length > 0) tell({ kind: "column", column, of: of.join(" or "), known: near, location });
  return null;
}

/** What a target list gives, with stars laid out; null when a star cannot be. */
export function outputColumns(scope: Scope, select: SqlFields): Columns {
  const columns = new Map<string, Column>();
  for (const { fields } of listOf(select, "targetList")) {
    const named = text(fields, "name");
    const value = open(fields["val"]);
    if (named !== "") columns.set(named, typeOf(scope, fields["val"]));
    else if (value?.kind === "ColumnRef") {
      const parts = listOf(value.fields, "fields");
      const last = parts.at(-1);
      if (last?.kind !== "A_Star")
        columns.set(text(last?.fields ?? {}, "sval"), typeOf(scope, fields["val"]));
      else if (!layOut(scope, text(parts.at(-2)?.fields ?? {}, "sval"), columns)) return null;
    } else columns.set(impliedName(value), { type: "", ownType: null });
  }
  return columns;
}

function layOut(scope: Scope, alias: string, into: Map<string, Column>): boolean {
  const relations = scope.relations.filter((one) => alias === "" || one.alias === alias);
  if (relations.length === 0) return false;
  for (const { columns } of relations) {
    if (columns == null) return false;
    for (const [name, column] of columns) into.set(name, column);
  }
  return true;
}

function typeOf(scope: Scope, value: unknown): Column {
  const node = open(value);
  const found = node?.kind === "ColumnRef" ? resolveColumn(scope, node.fields, () => {}) : null;
  return found ?? { type: "", ownType: null };
}

function impliedName(node: ReturnType<typeof open>): string {
  if (node == null) return "?column?";
  if (node.kind === "FuncCall") return strings(node.fields, "funcname").at(-1) ?? "?column?";
  if (node.kind === "TypeCast") {
    const inner = open(node.fields["arg"]);
    if (inner?.kind === "ColumnRef") return strings(inner.fields, "fields").at(-1) ?? "?column?";
    return strings(fieldsOf(node.fields, "typeName"), "names").at(-1) ?? "?column?";
  }
  if (node.kind === "SubLink") {
    const select = fieldsOf(fieldsOf(node.fields, "subselect"), "SelectStmt");
    const first = listOf(select, "targetList")[0]?.fields ?? {};
    return text(first, "name") || impliedName(open(first["val"]));
  }
  if (node.kind === "CoalesceExpr") return "coalesce";
  if (node.kind === "CaseExpr") return "case";
  if (node.kind === "SQLValueFunction") return text(node.fields, "op").replace("SVFOP_", "").toLowerCase();
  if (node.kind === "MinMaxExpr") return isTrue(node.fields, "op") ? "least" : "greatest";
  return "?column?";
}
