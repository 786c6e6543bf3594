import type { Pool } from "pg";
import type { FilterCondition } from "./change-filter.ts";
import type { Column, Relation } from "./relation.ts";
import { renderRowsSql } from "./row-sql.ts";
import { isServerTrouble } from "./sql-trouble.ts";
import type { Tuple } from "./wal-change.ts";

export interface RowImage {
  /** JSON object. */
  readonly json: string;
  /** One per filter asked for. */
  readonly hits: readonly boolean[];
}

type Filter = readonly FilterCondition[];

interface ImageRow {
  readonly i: number;
  readonly record: string;
  readonly hits: readonly boolean[];
}

/**
 * Renders tuples of a relation as JSON, with the outcome of every filter. Rows with different columns present (an
 * unchanged TOAST value is absent) are asked for apart.
 */
export async function readRowImages(
  pool: Pool,
  relation: Relation,
  tuples: ReadonlyMap<number, Tuple>,
  options: { readonly columns: ReadonlySet<string>; readonly filters: readonly Filter[] },
): Promise<ReadonlyMap<number, RowImage>> {
  const groups = new Map<
    string,
    { readonly columns: readonly Column[]; readonly rows: (readonly [number, Tuple])[] }
  >();
  for (const [i, tuple] of tuples) {
    const columns = relation.columns.filter(
      ({ name }) => options.columns.has(name) && tuple[name] !== undefined,
    );
    const key = JSON.stringify(columns.map(({ name }) => name));
    const group = groups.get(key) ?? { columns, rows: [] };
    group.rows.push([i, tuple]);
    groups.set(key, group);
  }
  const images = new Map<number, RowImage>();
  await Promise.all(
    [...groups.values()].map(async ({ columns, rows }) => {
      for (const { i, record, hits } of await readGroup(pool, columns, rows, options.filters)) {
        images.set(i, { json: record, hits });
      }
    }),
  );
  return images;
}

async function readGroup(
  pool: Pool,
  columns: readonly Column[],
  rows: readonly (readonly [number, Tuple])[],
  filters: readonly Filter[],
): Promise<readonly ImageRow[]> {
  try {
    return await query(pool, columns, rows, filters);
  } catch (error) {
    if (isServerTrouble(error)) throw error;
  }
  // A type changed since the row was written, or a filter no longer fits its column: find out which, lose no change.
  const records = await query(pool, columns, rows, []).catch((error: unknown) => {
    if (isServerTrouble(error)) throw error;
    return rows.map(([i, tuple]) => ({ i, record: renderAsText(columns, tuple), hits: [] }));
  });
  const hits = await Promise.all(
    filters.map((filter) =>
      query(pool, columns, rows, [filter]).then(
        (found) => new Map(found.map((row) => [row.i, row.hits[0] === true])),
        (error: unknown) => {
          if (isServerTrouble(error)) throw error;
          return new Map<number, boolean>();
        },
      ),
    ),
  );
  return records.map(({ i, record }) => ({ i, record, hits: hits.map((hit) => hit.get(i) === true) }));
}

async function query(
  pool: Pool,
  columns: readonly Column[],
  rows: readonly (readonly [number, Tuple])[],
  filters: readonly Filter[],
): Promise<readonly ImageRow[]> {
  const { text, values, places } = renderRowsSql(columns, rows, filters);
  const found = await pool.query<ImageRow>(text, [...values]);
  return found.rows.map((row) => ({ ...row, hits: places.map((place) => row.hits[place] === true) }));
}

function renderAsText(columns: readonly Column[], tuple: Tuple): string {
  return JSON.stringify(Object.fromEntries(columns.map(({ name }) => [name, tuple[name] ?? null])));
}
