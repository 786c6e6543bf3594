import type { Pool } from "pg";
import type { Caller } from "./caller.ts";
import type { WantedChange } from "./join.ts";
import type { Column } from "./relation.ts";
import { renderRowsSql } from "./row-sql.ts";
import { publication } from "./slot.ts";
import { isServerTrouble, tell } from "./sql-trouble.ts";

/** `later`: the table is not published (yet); changes flow as soon as it is. */
export type ChangeCheck =
  | { readonly kind: "ok" }
  | { readonly kind: "later"; readonly message: string }
  | { readonly kind: "wrong"; readonly message: string };

const publishedQuery = `
  select 1 from pg_publication_tables
  where pubname = $1 and ($2 = '*' or schemaname = $2) and ($3 = '*' or tablename = $3) limit 1`;

const columnsQuery = `
  select a.attname as name, format_type(a.atttypid, -1) as "sqlType", t.typname as "typeName",
    has_column_privilege($3::name, c.oid, a.attnum, 'select') as selectable
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  where n.nspname = $1 and c.relname = $2`;

/** Whether a subscription can yield changes as things stand. Throws only when the database does not answer. */
export async function checkChange(pool: Pool, caller: Caller, wanted: WantedChange): Promise<ChangeCheck> {
  const published = await pool.query(publishedQuery, [publication, wanted.schema, wanted.table]);
  if (published.rowCount === 0) {
    return {
      kind: "later",
      message: `Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the given connect parameters: ${describe(wanted)}`,
    };
  }
  if (wanted.filter.length === 0) return { kind: "ok" };
  const { rows } = await pool.query<Column & { readonly selectable: boolean }>(columnsQuery, [
    wanted.schema,
    wanted.table,
    caller.role,
  ]);
  for (const { column } of wanted.filter) {
    if (rows.find(({ name }) => name === column)?.selectable !== true) {
      return { kind: "wrong", message: `invalid column for filter ${column}` };
    }
  }
  const { text, values } = renderRowsSql(rows, [[0, {}]], [wanted.filter]);
  try {
    await pool.query(text, [...values]);
    return { kind: "ok" };
  } catch (error) {
    if (isServerTrouble(error)) throw error;
    return { kind: "wrong", message: `invalid filter ${wanted.filterText}: ${tell(error)}` };
  }
}

function describe({ event, schema, table, filterText }: WantedChange): string {
  const filter = filterText === "" ? "" : `, filter: ${filterText}`;
  return `[event: ${event}, schema: ${schema}, table: ${table}${filter}]`;
}
