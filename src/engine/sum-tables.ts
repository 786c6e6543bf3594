import type { Catalog } from "../plan/catalog.ts";
import type { TableSum } from "../plan/contents.ts";
import type { Query } from "../ports/database.ts";

/** A table by its name and columns, in SQL spelling. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Equal values print equal under these, whatever the role or the database sets; a large table may take its time. */
const settings = {
  TimeZone: "UTC",
  DateStyle: "ISO, YMD",
  IntervalStyle: "postgres",
  extra_float_digits: "1",
  bytea_output: "hex",
  xmloption: "content",
  search_path: "",
  statement_timeout: "10min",
  idle_in_transaction_session_timeout: "10min",
} as const;

/** Inside the caller's transaction. */
export async function fixSettings(query: Query): Promise<void> {
  const calls = Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', true)`);
  await query(`select ${calls.join(", ")}`);
}

/** Tables that keep rows of their own through a crash: neither foreign nor unlogged ones; without generated columns. */
export function listTables({ objects }: Catalog): readonly TableShape[] {
  const columns = new Map<string, string[]>();
  for (const { kind, on, name, facets } of objects) {
    if (kind !== "column" || on == null || facets["generated"] != null) continue;
    const known = columns.get(on);
    if (known == null) columns.set(on, [name]);
    else known.push(name);
  }
  return objects
    .filter(
      ({ kind, facets }) => kind === "table" && facets["form"] === "table" && facets["persistence"] === "p",
    )
    .map(({ name }) => ({ name, columns: [...(columns.get(name) ?? [])].sort() }));
}

/** The accounts of the app's users: the platform's tables, but the app's content. */
export async function readUserTables(query: Query): Promise<readonly TableShape[]> {
  return query<{ name: string; columns: readonly string[] }>(`
    select 'auth.' || quote_ident(c.relname) as name,
      array_agg(quote_ident(a.attname) order by quote_ident(a.attname) collate "C") as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where n.nspname = 'auth' and c.relname in ('users', 'identities') and c.relkind = 'r'
    group by 1 order by 1`);
}

/** One query per table, in the caller's transaction; all of them as of one moment if that is repeatable read. */
export async function sumTables(
  query: Query,
  tables: readonly TableShape[],
): Promise<ReadonlyMap<string, TableSum>> {
  await fixSettings(query);
  const sums = new Map<string, TableSum>();
  for (const { name, columns } of tables) {
    const hash = `pg_catalog.hashtextextended(row(${columns.map((column) => `one.${column}`).join(", ")})::text, 0)`;
    const [row] = await query<{ rows: string; sum: string }>(
      `select count(*) as rows, coalesce(sum(${hash}::numeric), 0)::text as sum from only ${name} as one`,
    );
    sums.set(name, { rows: Number(row?.rows ?? 0), sum: row?.sum ?? "0" });
  }
  return sums;
}
