import type { SqlFields, SqlTree } from "../../plan/sql-tree.ts";
import { fieldsOf, listOf, open, type SqlNode, strings, text, walk } from "../sql-node.ts";

export interface NamedUser {
  readonly argument: string;
  readonly offset: number;
}

export interface CalledFunction {
  /** `schema.name` */
  readonly name: string;
  readonly argumentNames: readonly string[];
  /** Variables that were given an argument, with its name. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Whether a column of the statement's tables says whose row it is. */
  readonly isOwner: (column: string) => boolean;
}

/** Where a statement in a function looks for, or writes, the user that an argument of the function names. */
export function findNamedUser(statement: SqlTree, called: CalledFunction): NamedUser | null {
  let found: NamedUser | null = null;
  walk({ [statement.kind]: statement.fields }, (kind, fields) => {
    for (const { column, value, isWritten } of pairsOf(kind, fields)) {
      if (found != null || !called.isOwner(column)) continue;
      const said = argumentIn(value, called);
      // A bare name that a column has too is the column, but for what is written.
      if (said == null || (said.isBare && !isWritten && said.argument === column)) continue;
      found = { argument: said.argument, offset: statement.place(locationOf(value)) };
    }
    return found == null;
  });
  return found;
}

/** `v := coalesce(argument, auth.uid())`: the variables of a body that hold an argument. */
export function findAliases(
  statements: readonly SqlTree[],
  called: Omit<CalledFunction, "aliases" | "isOwner">,
): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  for (const { kind, fields, assigns } of statements) {
    if (assigns == null || kind !== "SelectStmt" || fields["fromClause"] != null) continue;
    const value = open(listOf(fields, "targetList")[0]?.fields["val"]);
    const said = argumentIn(value, { ...called, aliases, isOwner: () => false });
    if (said != null) aliases.set(assigns, said.argument);
  }
  return aliases;
}

interface Pair {
  readonly column: string;
  readonly value: SqlNode;
  readonly isWritten: boolean;
}

/** Columns with what they are compared with, or are given. */
function pairsOf(kind: string, fields: SqlFields): readonly Pair[] {
  if (kind === "InsertStmt") return written(insertedPairs(fields));
  if (kind === "UpdateStmt")
    return written(listOf(fields, "targetList").map((one) => [one, open(one.fields["val"])]));
  if (kind !== "A_Expr" || strings(fields, "name").join() !== "=") return [];
  const sides = [open(fields["lexpr"]), open(fields["rexpr"])] as const;
  return [sides, [sides[1], sides[0]] as const].flatMap(([column, value]) =>
    valuesOf(value).map((one) => ({ column: columnName(column), value: one, isWritten: false })),
  );
}

/** `in (a, b)` has two. */
function valuesOf(node: SqlNode | null): readonly SqlNode[] {
  if (node == null) return [];
  return node.kind === "List" ? listOf(node.fields, "items") : [node];
}

function written(pairs: readonly (readonly [SqlNode, SqlNode | null | undefined])[]): readonly Pair[] {
  return pairs.flatMap(([target, value]) =>
    value == null ? [] : [{ column: text(target.fields, "name"), value, isWritten: true }],
  );
}

function insertedPairs(insert: SqlFields): readonly (readonly [SqlNode, SqlNode | null | undefined])[] {
  const columns = listOf(insert, "cols");
  const select = fieldsOf(fieldsOf(insert, "selectStmt"), "SelectStmt");
  const rows = listOf(select, "valuesLists").map((row) => listOf(row.fields, "items"));
  const selected = listOf(select, "targetList").map((one) => open(one.fields["val"]));
  return [...rows, selected].flatMap((values) =>
    columns.map((column, index) => [column, values[index]] as const),
  );
}

/** Also behind a cast or lower(). */
function columnName(node: SqlNode | null): string {
  const inner = unwrap(node);
  return inner?.kind === "ColumnRef" ? (strings(inner.fields, "fields").at(-1) ?? "") : "";
}

/** Without what changes the form alone. */
function unwrap(node: SqlNode | null): SqlNode | null {
  if (node?.kind === "TypeCast") return unwrap(open(node.fields["arg"]));
  const isForm = /^(lower|upper|trim|btrim)$/.test(strings(node?.fields ?? {}, "funcname").at(-1) ?? "");
  return node?.kind === "FuncCall" && isForm ? unwrap(listOf(node.fields, "args")[0] ?? null) : node;
}

interface Said {
  readonly argument: string;
  /** Neither `$1` nor `f.argument`. */
  readonly isBare: boolean;
}

/** The argument that a value is, also a field of it or with a stand-in for it; null for anything else. */
function argumentIn(value: SqlNode | null, called: CalledFunction): Said | null {
  const node = unwrap(value);
  if (node == null) return null;
  const { kind, fields } = node;
  if (kind === "CoalesceExpr") return argumentIn(listOf(fields, "args")[0] ?? null, called);
  if (kind === "A_Expr" && /^(->|->>|#>>)$/.test(strings(fields, "name").join()))
    return argumentIn(open(fields["lexpr"]), called);
  const { argumentNames, aliases, name: functionName } = called;
  if (kind === "ParamRef") {
    const number = Number(fields["number"]);
    return { argument: argumentNames[number - 1] || `$${number}`, isBare: false };
  }
  if (kind !== "ColumnRef") return null;
  const parts = strings(fields, "fields");
  const argument = parts.at(-1) ?? "";
  const isBare = parts.length === 1;
  // Of a table's, a column; of the function's, `f.argument`.
  if (!isBare && parts.at(-2) !== functionName.split(".")[1]) return null;
  const alias = isBare ? aliases.get(argument) : undefined;
  if (alias != null) return { argument: alias, isBare: false };
  return argument !== "" && argumentNames.includes(argument) ? { argument, isBare } : null;
}

function locationOf(value: SqlNode): unknown {
  return unwrap(value)?.fields["location"] ?? value.fields["location"];
}
