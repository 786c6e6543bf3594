import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { startTestPostgres } from "./postgres.ts";

export const projectDir = fileURLToPath(new URL("../..", import.meta.url));

export type Persona =
  | { readonly role: "anon" | "service_role" }
  | { readonly role: "authenticated"; readonly sub: string };

export const anon: Persona = { role: "anon" };
export const service: Persona = { role: "service_role" };

export function user(sub: string): Persona {
  return { role: "authenticated", sub };
}

/** What a statement did, or the SQLSTATE it was refused with. */
export type Outcome =
  | { readonly rows: readonly Record<string, unknown>[]; readonly count: number }
  | { readonly refused: string };

/** The first row; throws when it was refused. */
export function only(outcome: Outcome): Record<string, unknown> {
  if ("refused" in outcome) throw new Error(`refused with ${outcome.refused}`);
  return outcome.rows[0] ?? {};
}

/** The one value of the one row. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of the database functions
export function value(outcome: Outcome): any {
  return Object.values(only(outcome))[0];
}

export interface Backend {
  /** Owner of the tables; sees and may do everything. */
  readonly owner: pg.Client;
  readonly url: string;
  createUser(): Promise<string>;
  /** Runs statements one after the other as PostgREST would, in a transaction that is rolled back. */
  as(persona: Persona, sql: string, params?: readonly unknown[]): Promise<Outcome>;
  /** The same, committed. */
  commitAs(persona: Persona, sql: string, params?: readonly unknown[]): Promise<Outcome>;
  close(): Promise<void>;
}

interface BackendOptions {
  /** As projects made before autumn 2026 have it: the API roles get every right on every new object in public. */
  readonly automaticGrants?: boolean;
}

/** A database with the bundled migrations, each applied in a transaction of its own, as the deploy does. */
export async function openBackend({ automaticGrants = false }: BackendOptions = {}): Promise<Backend> {
  const server = await startTestPostgres();
  const database = await server.createDatabase();
  const connect = async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    return client;
  };
  const owner = await connect();
  const session = await connect();
  for (const kind of automaticGrants ? ["tables", "functions", "sequences"] : []) {
    await owner.query(
      `alter default privileges in schema public grant all on ${kind} to anon, authenticated, service_role`,
    );
  }
  for (const sql of readMigrations()) {
    await owner.query("begin");
    await owner.query(sql);
    await owner.query("commit");
  }

  const run = async (
    end: "commit" | "rollback",
    persona: Persona,
    sql: string,
    params: readonly unknown[],
  ) => {
    await session.query("begin");
    try {
      await session.query("select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)", [
        persona.role,
        JSON.stringify(persona),
      ]);
      const { rows, rowCount } = await session.query(sql, [...params]);
      await session.query(end);
      return { rows: rows as Record<string, unknown>[], count: rowCount ?? 0 };
    } catch (error) {
      await session.query("rollback");
      return { refused: (error as pg.DatabaseError).code ?? String(error) };
    }
  };

  return {
    owner,
    url: database.url,
    async createUser() {
      const id = randomUUID();
      await owner.query("insert into auth.users (id, email) values ($1, $2)", [id, `${id}@example.invalid`]);
      return id;
    },
    as: (persona, sql, params = []) => run("rollback", persona, sql, params),
    commitAs: (persona, sql, params = []) => run("commit", persona, sql, params),
    async close() {
      await Promise.all([owner.end(), session.end()]);
      await database.drop();
      await server.stop();
    },
  };
}

/** In the order they are applied. */
export function readMigrations(): readonly string[] {
  const dir = join(projectDir, "supabase/migrations");
  return readdirSync(dir)
    .sort()
    .map((name) => readFileSync(join(dir, name), "utf8"));
}
