import type { SqlFields } from "../../plan/sql-tree.ts";
import { fieldsOf, listOf, text } from "../sql-node.ts";

/** What CREATE FUNCTION (`options`) or ALTER FUNCTION (`actions`) says of whose rights it runs with; null when nothing. */
export function saysDefiner(fields: SqlFields, list: "options" | "actions"): boolean | null {
  const said = listOf(fields, list).findLast((one) => text(one.fields, "defname") === "security");
  if (said == null) return null;
  return fieldsOf(fieldsOf(said.fields, "arg"), "Boolean")["boolval"] === true;
}

export function returnType(createFunction: SqlFields): string {
  const names = listOf(fieldsOf(createFunction, "returnType"), "names");
  return text(names.at(-1)?.fields ?? {}, "sval");
}
