import type { AccountedTable } from "../../plan/row-account.ts";

/** A fact of a report: what became of the rows of one table. */
export function describeRows({
  table,
  kept,
  lost,
  restored,
  why,
}: AccountedTable): readonly [string, string] {
  const back = restored > 0 ? `, ${restored} back` : "";
  const reasons = why.length > 0 ? ` (${why.join("; ")})` : "";
  return ["rows", `${table}: ${kept} kept, ${lost} lost${back}${reasons}`];
}
