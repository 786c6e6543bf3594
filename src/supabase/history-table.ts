import type { MigrationFile } from "../plan/migration-file.ts";
import { creationLockKey } from "./bee-schema.ts";
import type { Database, Session } from "./database.ts";
import { describeQueryFailure, sqlState } from "./database-error.ts";

/** As the supabase CLI (3.1.0) makes it, so that either tool can go on where the other stopped. */
const createSql = `
begin; set local lock_timeout = '4s';
select pg_advisory_xact_lock(${creationLockKey});
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
commit;`;

export async function ensureHistoryTable(database: Database): Promise<void> {
  await database.withSession(async (session) => {
    try {
      await session.query(createSql);
    } catch (error) {
      await session.query("rollback").catch(() => {});
      throw describeQueryFailure(error, "The migration history table cannot be created");
    }
  });
}

/**
 * Returns when no open transaction holds a row of this version any more: an insert of the same key waits for
 * it, and is taken back. Throws when that takes longer than 10 s or nobody answers.
 */
export async function waitForVersion(database: Database, version: string): Promise<void> {
  await database.withSession(async (session) => {
    const row = `insert into supabase_migrations.schema_migrations (version) values (${session.escapeLiteral(version)})`;
    try {
      await session.query(`begin; set local lock_timeout = '10s'; ${row}`);
    } catch (error) {
      if (sqlState(error) !== "23505") throw error;
    } finally {
      await session.query("rollback").catch(() => {});
    }
  });
}

/** The file's row as one SQL statement, statements split as the supabase CLI splits them. */
export function renderHistoryRow(session: Session, { version, name, statements }: MigrationFile): string {
  const literal = (text: string): string => session.escapeLiteral(text);
  const stored = statements.map(({ sql }) => literal(sql)).join(", ");
  return `insert into supabase_migrations.schema_migrations (version, name, statements)
values (${literal(version)}, ${literal(name)}, array[${stored}]::text[])`;
}
