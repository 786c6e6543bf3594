import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "../../src/core/secret.ts";
import type { DumpKeeper } from "../../src/ports/dump-keeper.ts";
import type { DumpReader, DumpRestorer } from "../../src/ports/dump-restorer.ts";
import type { Database } from "../../src/supabase/database.ts";
import { createDumpRestorer } from "../../src/supabase/dump-restorer.ts";
import { notDumped, readDumpSource } from "../../src/supabase/dump-source.ts";
import { trustedRoots } from "../../src/supabase/trusted-roots.ts";
import { createDumpKeeper } from "../../src/tools/dump-keeper.ts";
import { createDumpReader } from "../../src/tools/dump-reader.ts";
import { createInvocationRunner } from "../../src/tools/invocation.ts";
import { query } from "./database-content.ts";
import { type SystemPostgres, startSystemPostgres } from "./system-postgres.ts";
import { openDatabase } from "./target.ts";

export interface DumpWorld {
  readonly server: SystemPostgres;
  /** As the owner of the database, who is no superuser: what `postgres` is on a hosted project. */
  readonly url: string;
  readonly database: Database;
  readonly dir: string;
  readonly keeper: DumpKeeper;
  keepIn(dir: string): DumpKeeper;
  readonly reader: DumpReader;
  readonly restorer: DumpRestorer;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it names
  sql(text: string): Promise<readonly any[]>;
  /** As a superuser. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it names
  admin(text: string): Promise<readonly any[]>;
  stop(): Promise<void>;
}

const platformSql = `
create role deployer login bypassrls password 'deployer-password';
grant anon, authenticated, service_role to deployer;
create database app owner deployer`;

/** The platform's part, as hosted projects have it: others own it, and some of the default privileges. */
const authSql = `
create schema auth; create schema storage;
create table auth.users (id uuid primary key, email text);
create table storage.objects (id uuid primary key, owner uuid);
alter table storage.objects owner to deployer;
create function auth.uid() returns uuid language sql stable as $$ select nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;
grant usage on schema auth, storage to deployer, authenticated;
grant select, insert, delete, references, trigger on auth.users to deployer;
alter default privileges in schema public grant all on tables to anon, authenticated;
create publication supabase_realtime;
alter publication supabase_realtime owner to deployer`;

/** The machine's own Postgres with its client programs, as a hosted project of that version. */
export async function startDumpWorld(bin: string): Promise<DumpWorld> {
  const dir = await mkdtemp(join(tmpdir(), "bee-dump-"));
  const server = await startSystemPostgres(bin);
  for (const text of platformSql.split(";\n")) await query(server.url, text);
  const adminUrl = server.url.replace(/\/postgres$/, "/app");
  await query(adminUrl, authSql);
  const url = `postgresql://deployer:deployer-password@127.0.0.1:${server.port}/app`;
  const database = openDatabase(url);
  const run = createInvocationRunner({ env: process.env });
  const address = () => ({
    host: "127.0.0.1",
    port: server.port,
    user: "deployer",
    password: new Secret("deployer-password"),
    database: "app",
    loopback: true,
  });
  const keepIn = (folder: string): DumpKeeper =>
    createDumpKeeper({
      run,
      address,
      roots: async () => trustedRoots(),
      readSource: () => readDumpSource(database),
      dir: folder,
      now: Date.now,
    });
  return {
    server,
    url,
    database,
    dir,
    keeper: keepIn(join(dir, "dumps")),
    keepIn,
    reader: createDumpReader({ run, dir: join(dir, "dumps"), foreign: notDumped }),
    restorer: createDumpRestorer(database),
    sql: (text) => query(url, text),
    admin: (text) => query(adminUrl, text),
    async stop() {
      await database.close();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
