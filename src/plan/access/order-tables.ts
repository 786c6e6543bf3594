import type { AccessRelation } from "./access-catalog.ts";

/** Tables in the order in which foreign keys let rows in. */
export function orderTables(tables: readonly AccessRelation[]): {
  readonly order: readonly AccessRelation[];
  readonly cut: ReadonlySet<string>;
} {
  const left = new Map(tables.map((table) => [table.oid, table]));
  const needs = new Map(
    tables.map((table) => [
      table.oid,
      table.constraints.filter(
        ({ type, target }) => type === "f" && target != null && target !== table.oid && left.has(target),
      ),
    ]),
  );
  const order: AccessRelation[] = [];
  const cut = new Set<string>();
  while (left.size > 0) {
    const before = order.length;
    for (const table of [...left.values()]) {
      if ((needs.get(table.oid) ?? []).some(({ target }) => left.has(target ?? 0))) continue;
      order.push(table);
      left.delete(table.oid);
    }
    if (order.length > before) continue;
    // A cycle: begin where the keys that lead on may be empty for a while, else where they are checked late.
    const open = (table: AccessRelation) =>
      (needs.get(table.oid) ?? []).filter(({ target }) => left.has(target ?? 0));
    const cost = (table: AccessRelation): number =>
      open(table).reduce((sum, { columns, deferrable }) => {
        const nullable = columns.every(
          (num) => table.columns.find((one) => one.num === num)?.notNull === false,
        );
        return sum + (nullable ? 0 : deferrable ? 1 : 100);
      }, 0);
    const [first] = [...left.values()].sort((x, y) => cost(x) - cost(y));
    if (first == null) break;
    for (const { name } of open(first)) cut.add(`${first.oid}:${name}`);
    order.push(first);
    left.delete(first.oid);
  }
  return { order, cut };
}
