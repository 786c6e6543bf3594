import type { AccessRelation } from "./access-catalog.ts";
import type { TableAccess } from "./find-owners.ts";

/** Whether some table's rows name two users that a check keeps apart, so that a third one is needed. */
export function needsThird(access: ReadonlyMap<number, TableAccess>): boolean {
  return [...access.values()].some((one) => keepsApart(one).length > 0);
}

/** Checks over two columns that name a user each: `follower <> followee`. */
export function keepsApart({
  table,
  bindings,
}: TableAccess): readonly AccessRelation["constraints"][number][] {
  return table.constraints.filter(
    ({ type, columns }) =>
      type === "c" && columns.filter((num) => bindings.get(num)?.kind === "user").length > 1,
  );
}

/** A profile: one row a user, which rows elsewhere refer to instead of auth.users. */
export function isKeyedByUser({ table, bindings }: TableAccess): boolean {
  const key = table.constraints.find(({ type }) => type === "p");
  return key?.columns.length === 1 && bindings.get(key.columns[0] ?? 0)?.kind === "user";
}
