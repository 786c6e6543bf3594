import pg from "pg";
import type { FilterCondition } from "./change-filter.ts";
import { renderFilters } from "./filter-sql.ts";
import type { Column } from "./relation.ts";
import type { Tuple } from "./wal-change.ts";

const quote = pg.escapeIdentifier;

interface RowsSql {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Position in `hits` of every filter. */
  readonly places: readonly number[];
}

/** Rows as text for json_to_recordset: `i` is the position, `c0`, `c1` … the columns. */
export function encodeRows(columns: readonly Column[], rows: readonly (readonly [number, Tuple])[]): string {
  return JSON.stringify(
    rows.map(([i, tuple]) => ({
      i,
      ...Object.fromEntries(columns.map(({ name }, index) => [`c${index}`, tuple[name] ?? null])),
    })),
  );
}

/** The FROM item that reads them back from an SQL expression. */
export function recordset(columns: readonly Column[], rows: string): string {
  const fields = columns.map((_, index) => `, c${index} text`).join("");
  return `json_to_recordset(${rows}::json) as r(i int${fields})`;
}

/**
 * Values from the WAL become JSON in Postgres itself, cast from text to their type, so that they read as PostgREST
 * would send them. `hits` says for every filter, at its place, whether the row passes.
 */
export function renderRowsSql(
  columns: readonly Column[],
  rows: readonly (readonly [number, Tuple])[],
  filters: readonly (readonly FilterCondition[])[],
): RowsSql {
  const values: unknown[] = [encodeRows(columns, rows)];
  const list = columns
    .map(({ name, sqlType }, index) => `r.c${index}::${sqlType} as ${quote(name)}`)
    .join(", ");
  const record = columns.length === 0 ? "'{}'" : `(select row_to_json(x)::text from (select ${list}) x)`;
  const { sql, places } = renderFilters(filters, columns, values);
  return {
    text: `select r.i, ${record} as record, ${sql} as hits from ${recordset(columns, "$1")}`,
    values,
    places,
  };
}
