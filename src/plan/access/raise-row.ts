import type { AccessRelation } from "./access-catalog.ts";
import type { SeededRows } from "./probe.ts";
import { isLocated, quote } from "./probe-sql.ts";
import { readSeeks } from "./read-wishes.ts";

export interface RaisedRow {
  readonly statement: string;
  /** Later choices are the same. */
  readonly last: boolean;
}

/** B's row of a table, given what a policy, function or view asks of its columns; null when that asks for nothing. */
export function raiseRow(
  table: AccessRelation,
  text: string,
  rows: SeededRows,
  choice: number,
): RaisedRow | null {
  const row = rows[String(table.oid)]?.b;
  if (row == null) return null;
  const keyed = new Set(table.constraints.flatMap(({ type, columns }) => (type === "c" ? [] : [...columns])));
  const seeks = [...readSeeks(table, text)].filter(([num]) => !keyed.has(num));
  if (seeks.length === 0) return null;
  const sets = seeks.map(([num, values]) => {
    const column = table.columns.find((one) => one.num === num);
    return `${quote(column?.name ?? "")} = ${pick(values, choice)}`;
  });
  return {
    statement: `update ${table.sql} set ${sets.join(", ")} where ${isLocated(row)}`,
    last: seeks.every(([, values]) => choice >= values.length),
  };
}

/** The last one stands for all that come after. */
export function pick<Value>(values: readonly Value[], choice: number): Value | undefined {
  return values[Math.min(choice, values.length - 1)];
}
