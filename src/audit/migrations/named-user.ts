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
  /** Whether a column says whose row it is. */
  readonly isOwner: (column: string) => boolean;
}

/** Where a statement in a function looks for, or writes, the user that an argument of the function names. */
export function findNamedUser(
  statement: SqlTree,
  { name, argumentNames, isOwner }: CalledFunction,
): NamedUser | null {
  let found: NamedUser | null = null;
  walk({ [statement.kind]: statement.fields }, (kind, fields) => {
    for (const [column, value] of pairsOf(kind, fields)) {
      const argument = argumentIn(value, argumentNames, name);
      if (found == null && argument != null && argument !== column && isOwner(column))
        found = { argument, offset: statement.place(value?.fields["location"]) };
    }
    return found == null;
  });
  return found;
}

type Pair = readonly [column: string, value: SqlNode | null];

/** Columns with what they are compared with, or get in an INSERT. */
function pairsOf(kind: string, fields: SqlFields): readonly Pair[] {
  if (kind === "InsertStmt") return assignments(fields);
  if (kind !== "A_Expr" || strings(fields, "name").join() !== "=") return [];
  const [left, right] = [open(fields["lexpr"]), open(fields["rexpr"])];
  return [
    [columnName(left), right],
    [columnName(right), left],
  ];
}

function columnName(node: SqlNode | null): string {
  return node?.kind === "ColumnRef" ? (strings(node.fields, "fields").at(-1) ?? "") : "";
}

function assignments(insert: SqlFields): readonly Pair[] {
  const select = fieldsOf(fieldsOf(insert, "selectStmt"), "SelectStmt");
  const [row] = listOf(select, "valuesLists");
  const values =
    row == null
      ? listOf(select, "targetList").map((one) => open(one.fields["val"]))
      : listOf(row.fields, "items");
  return listOf(insert, "cols").map((column, index) => [text(column.fields, "name"), values[index] ?? null]);
}

/** The argument that a value is, also with a stand-in for it; null for anything else. */
function argumentIn(
  node: SqlNode | null,
  argumentNames: readonly string[],
  functionName: string,
): string | null {
  if (node == null) return null;
  const { kind, fields } = node;
  if (kind === "TypeCast") return argumentIn(open(fields["arg"]), argumentNames, functionName);
  if (kind === "CoalesceExpr")
    return argumentIn(listOf(fields, "args")[0] ?? null, argumentNames, functionName);
  if (kind === "ParamRef") return argumentNames[Number(fields["number"]) - 1] || `$${fields["number"]}`;
  if (kind !== "ColumnRef") return null;
  const parts = strings(fields, "fields");
  const name = parts.at(-1) ?? "";
  // Of a table's, a column; of the function's, `f.argument`.
  if (parts.length > 1 && parts.at(-2) !== functionName.split(".")[1]) return null;
  return name !== "" && argumentNames.includes(name) ? name : null;
}
