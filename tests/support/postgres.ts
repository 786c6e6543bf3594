import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { openCacheDir } from "../../src/local/cache/cache-dir.ts";
import { freePort } from "../../src/local/ports.ts";
import type { LoginRole } from "../../src/local/postgres/bootstrap.ts";
import { postgresUrl, withClient } from "../../src/local/postgres/connect.ts";
import { claimDataDir, createDataDir, openTemplate } from "../../src/local/postgres/data-dir.ts";
import { chooseRunAs } from "../../src/local/postgres/run-as.ts";
import { openPostgresRuntime } from "../../src/local/postgres/runtime.ts";
import { type PostgresServer, startPostgres } from "../../src/local/postgres/server.ts";
import { databaseTmp } from "./database-tmp.ts";

export interface TestDatabase {
  /** As `postgres`, who owns the database and is no superuser: what migrations run as. */
  readonly url: string;
  /** As the superuser `supabase_admin`. */
  readonly adminUrl: string;
  drop(): Promise<void>;
}

export interface TestPostgres {
  readonly adminUrl: string;
  readonly port: number;
  readonly password: string;
  url(role?: LoginRole, database?: string): string;
  /** A fresh database of a new project, made from a template in about 30 ms. */
  createDatabase(): Promise<TestDatabase>;
  /** Ends the server when everybody who started it has stopped it. */
  stop(): Promise<void>;
}

interface Shared {
  readonly server: PostgresServer;
  readonly dir: string;
  readonly password: string;
}

let shared: Promise<Shared> | null = null;
let users = 0;

/** A real Postgres with the platform's roles and schemas, one per test process, up in about 0.2 s. */
export async function startTestPostgres(): Promise<TestPostgres> {
  users++;
  shared ??= start();
  const { server, dir, password } = await shared;
  const url = (role: LoginRole = "postgres", database = "postgres") =>
    postgresUrl({ port: server.port, password }, role, database);
  return {
    adminUrl: url("supabase_admin"),
    port: server.port,
    password,
    url,
    async createDatabase() {
      const name = `test_${randomBytes(6).toString("hex")}`;
      await withClient(url("supabase_admin", "template1"), (client) => createFromTemplate(client, name));
      return {
        url: url("postgres", name),
        adminUrl: url("supabase_admin", name),
        drop: () =>
          withClient(url("supabase_admin", "template1"), async (client) => {
            await client.query(`drop database if exists ${name} with (force)`);
          }),
      };
    },
    async stop() {
      if (--users > 0) return;
      shared = null;
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function start(): Promise<Shared> {
  const dir = await mkdtemp(join(databaseTmp(), "bee-test-pg-"));
  const dataDir = join(dir, "data");
  const password = randomBytes(12).toString("hex");
  const cacheDir = openCacheDir();
  const runAs = chooseRunAs();
  const runtime = await openPostgresRuntime(cacheDir, runAs);
  await createDataDir(await openTemplate(cacheDir, runtime, runAs), dataDir);
  const server = await startPostgres({ runtime, runAs, dataDir, port: await freePort(), log: () => {} });
  await claimDataDir(dataDir, server.port, password);
  // Nobody is connected to `postgres` yet, so it can be copied; later tests may hold sessions on it.
  await withClient(postgresUrl({ port: server.port, password }, "supabase_admin", "template1"), (client) =>
    client.query("create database bee_template template postgres strategy file_copy"),
  );
  return { server, dir, password };
}

/** Settings of a database are not copied with it; these are the bootstrap's. */
async function createFromTemplate(
  client: { query(sql: string): Promise<unknown> },
  name: string,
): Promise<void> {
  await client.query(`create database ${name} template bee_template strategy file_copy owner postgres`);
  await client.query(`alter database ${name} set search_path = "$user", public, extensions`);
}
