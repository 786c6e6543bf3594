import type { Query } from "../ports/database.ts";
import { platformSchemas } from "./catalog/fragments.ts";
import { type Database, runStatement, type Session } from "./database.ts";
import { describeQueryFailure } from "./database-error.ts";

/** A table and the columns to copy, in SQL spelling. */
interface CopiedTable {
  readonly name: string;
  readonly columns: readonly string[];
}

export function asQuery(session: Session): Query {
  return (sql, params) => runStatement(session, sql, params);
}

/** One read-only transaction in which everything is as of one moment; it is never committed. */
export async function withSnapshot<T>(
  database: Database,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return database.withSession(async (session) => {
    try {
      await session.query("begin isolation level repeatable read read only");
      return await work(session);
    } finally {
      await session.query("rollback").catch(() => {});
    }
  });
}

/** What bee keeps in a target, but for the lock, which is nobody's in a copy. */
const beeTablesSql = `
select 'bee.' || quote_ident(c.relname) as name,
  array_agg(quote_ident(a.attname) order by a.attnum) as columns
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
where c.relnamespace = to_regnamespace('bee') and c.relkind = 'r' and c.relname not in ('deploy_lock', 'schema_version')
group by 1`;

const appSchemas = `nspname !~ '^pg_' and nspname not in (${platformSchemas
  .filter((name) => name !== "bee")
  .map((name) => `'${name}'`)
  .join(", ")})`;

const sequencesSql = `
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'S' and ${appSchemas} order by 1`;

const viewsSql = `
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'm' and c.relispopulated and ${appSchemas} order by c.oid`;

/**
 * Fills the tables of an empty copy with the source's rows, sets sequences, refreshes materialized views: one
 * transaction on either side. `copy` is connected as a superuser, so that neither triggers nor foreign keys act.
 * Both sessions must print values alike (see sum-tables).
 */
export async function copyRows(
  source: Session,
  copy: Session,
  tables: readonly CopiedTable[],
  onTable: () => void,
): Promise<void> {
  try {
    await copy.query("set local session_replication_role = replica");
    const bee = await listShared(source, copy);
    for (const table of [...tables, ...bee].filter(({ columns }) => columns.length > 0)) {
      await copy.query(`delete from only ${table.name}`);
      await copyTable(source, copy, table);
      onTable();
    }
    await copySequences(source, copy);
    for (const { name } of (await copy.query<{ name: string }>(viewsSql)).rows)
      await copy.query(`refresh materialized view ${name}`);
  } catch (error) {
    throw describeQueryFailure(error, "The rows cannot be copied");
  }
}

/** bee's tables that both have, with the columns both have. */
async function listShared(source: Session, copy: Session): Promise<readonly CopiedTable[]> {
  const [theirs, ours] = await Promise.all(
    [source, copy].map(async (session) => (await session.query<CopiedTable>(beeTablesSql)).rows),
  );
  return (theirs ?? []).flatMap(({ name, columns }) => {
    const own = ours?.find((table) => table.name === name);
    return own == null ? [] : [{ name, columns: columns.filter((column) => own.columns.includes(column)) }];
  });
}

/** Rows that travel together. */
const batch = 2_000;

/** Every value goes as the text its type prints and reads again. */
async function copyTable(source: Session, copy: Session, { name, columns }: CopiedTable): Promise<void> {
  const list = columns.join(", ");
  await copy.query(
    `drop table if exists pg_temp.bee_row; create temporary table bee_row as select ${list} from only ${name} with no data`,
  );
  const values = columns.map((column) => `one.${column}`).join(", ");
  await source.query(
    `declare bee_copy no scroll cursor for select row(${values})::text as line from only ${name} as one`,
  );
  const insert = `insert into ${name} (${list}) overriding system value select * from unnest($1::pg_temp.bee_row[])`;
  for (;;) {
    const { rows } = await source.query<{ line: string }>(`fetch ${batch} from bee_copy`);
    if (rows.length === 0) break;
    await copy.query(insert, [rows.map(({ line }) => line)]);
  }
  await source.query("close bee_copy");
}

async function copySequences(source: Session, copy: Session): Promise<void> {
  const ours = new Set((await copy.query<{ name: string }>(sequencesSql)).rows.map(({ name }) => name));
  const theirs = (await source.query<{ name: string }>(sequencesSql)).rows.filter(({ name }) =>
    ours.has(name),
  );
  for (const { name } of theirs) {
    const { rows } = await source.query<{ last: string; called: boolean }>(
      `select last_value::text as last, is_called as called from ${name}`,
    );
    const [state] = rows;
    if (state != null)
      await copy.query("select setval($1::regclass, $2, $3)", [name, state.last, state.called]);
  }
}
