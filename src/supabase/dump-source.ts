import type { AttachedObject, DumpSource } from "../plan/dump-need.ts";
import { platformSchemas } from "./catalog/fragments.ts";
import type { Database } from "./database.ts";
import { describeQueryFailure } from "./database-error.ts";
import { attachedSql } from "./dump-sql.ts";

/** The platform's schemas are the platform's to back up; the history of migrations goes with what they made. */
export const notDumped: readonly string[] = platformSchemas.filter((name) => name !== "supabase_migrations");

const sourceSql = `
with dumped as (
  select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname <> all ($1::text[])
)
select current_setting('server_version_num')::int / 10000 as major,
  (select array_agg(nspname::text order by nspname) from dumped) as schemas,
  (select coalesce(sum(pg_total_relation_size(c.oid)), 0)
   from pg_class c join dumped on dumped.oid = c.relnamespace where c.relkind in ('r', 'm')) as bytes`;

/** Sizes and names, and what pg_dump will leave out. */
export async function readDumpSource(database: Database): Promise<DumpSource> {
  try {
    return await database.withSession(async (session) => {
      try {
        await session.query("begin read only; set local search_path = ''");
        const { rows } = await session.query<{ major: number; schemas: string[] | null; bytes: string }>(
          sourceSql,
          [notDumped],
        );
        const { major = 0, schemas, bytes = "0" } = rows[0] ?? {};
        const attached = await session.query<AttachedObject>(attachedSql, [schemas ?? []]);
        return { major, schemas: schemas ?? [], bytes: Number(bytes), attached: attached.rows };
      } finally {
        await session.query("rollback").catch(() => {});
      }
    });
  } catch (error) {
    throw describeQueryFailure(error, "What there is to dump cannot be read");
  }
}
