import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../../tests/support/postgres.ts";

let server: TestPostgres;
let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  server = await startTestPostgres();
  database = await server.createDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
  await server.stop();
});

/** Runs `sql` as an API role with the claims PostgREST would set, and rolls back. */
async function queryAs(
  role: string,
  sub: string | null,
  sql: string,
): Promise<readonly Record<string, unknown>[]> {
  await client.query("begin");
  try {
    await client.query(`set local role ${role}`);
    await client.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify({ role, sub })]);
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.query("rollback");
  }
}

describe("the bootstrap", () => {
  it("gives postgres the rights of a hosted project's owner, without superuser", async () => {
    const { rows } = await client.query(
      "select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls from pg_roles where rolname = current_user",
    );
    expect(rows).toEqual([
      { rolsuper: false, rolcreaterole: true, rolcreatedb: true, rolreplication: true, rolbypassrls: true },
    ]);
  });

  it("lets postgres do what migrations do", async () => {
    await client.query("begin");
    await client.query(`
      create extension citext with schema extensions;
      create extension moddatetime with schema extensions;
      create extension if not exists pgcrypto with schema extensions;
      create table notes (id uuid primary key default gen_random_uuid(), user_id uuid, body citext);
      alter table notes enable row level security;
      create policy own on notes to authenticated using ((select auth.uid()) = user_id);
      grant select on notes to authenticated;
      alter publication supabase_realtime add table notes;
      create role app_reader nologin;
      grant anon to app_reader;
      comment on schema public is 'app';
      create schema app;
    `);
    await client.query("rollback");
  });

  it("lets postgres put policies on the platform's tables, and change nothing else there", async () => {
    const files =
      "create policy own on storage.objects for select to authenticated using (owner_id = auth.uid()::text)";
    const channels =
      "create policy listen on realtime.messages for select to authenticated using (realtime.topic() = 'room')";
    await client.query(`begin; ${files}; ${channels}; drop policy own on storage.objects; rollback`);
    for (const sql of [
      "alter table storage.objects enable row level security",
      "create index on storage.objects (owner_id)",
      "drop table storage.objects",
      "alter table realtime.messages add column note text",
    ])
      await expect(client.query(sql), sql).rejects.toThrow(/must be owner of/);
  });

  it("grants a new table to no API role", async () => {
    await client.query("create table plain (id int)");
    for (const role of ["anon", "authenticated", "service_role"]) {
      await expect(queryAs(role, null, "select * from plain")).rejects.toThrow(
        "permission denied for table plain",
      );
    }
    await client.query("drop table plain");
  });

  it("tells policies who asks", async () => {
    const sub = "00000000-0000-4000-8000-000000000001";
    expect(await queryAs("authenticated", sub, "select auth.uid(), auth.role()")).toEqual([
      { uid: sub, role: "authenticated" },
    ]);
    expect(await queryAs("anon", null, "select auth.uid(), auth.role()")).toEqual([
      { uid: null, role: "anon" },
    ]);
  });

  it("keeps API roles from creating anything in public", async () => {
    await expect(queryAs("authenticated", null, "create table mine (id int)")).rejects.toThrow(
      "permission denied for schema public",
    );
  });

  it("tells PostgREST of a change of the schema, and not of a temporary table", async () => {
    const listener = new pg.Client({ connectionString: database.adminUrl });
    await listener.connect();
    const heard: (string | undefined)[] = [];
    listener.on("notification", (message) => heard.push(message.payload));
    await listener.query("listen pgrst");
    await client.query("create temporary table scratch (id int)");
    await client.query("drop table scratch");
    await listener.query("select 1");
    expect(heard).toEqual([]);
    await client.query("create table watched (id int)");
    await client.query("drop table watched");
    await listener.query("select 1");
    expect(heard).toEqual(["reload schema", "reload schema"]);
    await listener.end();
  });

  it("sets the time limits of the API roles", async () => {
    const { rows } = await client.query(
      "select rolname, rolconfig from pg_roles where rolname in ('anon', 'authenticated') order by 1",
    );
    expect(rows).toEqual([
      { rolname: "anon", rolconfig: ["statement_timeout=3s"] },
      { rolname: "authenticated", rolconfig: ["statement_timeout=8s"] },
    ]);
  });

  it("refuses a wrong password", async () => {
    const stranger = new pg.Client({ connectionString: database.url.replace(/:[^:@]+@/, ":wrong@") });
    await expect(stranger.connect()).rejects.toThrow("password authentication failed");
  });
});
