import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../tests/support/backend.ts";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { findSystemPostgres, startSystemPostgres } from "../../tests/support/system-postgres.ts";
import { openDatabase } from "../../tests/support/target.ts";
import { catalogKey, fingerprintCatalog } from "../plan/catalog.ts";
import { diffCatalog, renderChange } from "../plan/diff-catalog.ts";
import { readCatalog, readCatalogWithin } from "./catalog-reader.ts";
import type { Database } from "./database.ts";

let server: TestPostgres;
let target: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await startTestPostgres();
  target = await server.createDatabase();
  database = openDatabase(target.url);
  await run(database, "create table public.notes (id int primary key, title text); create schema app");
});
afterAll(async () => {
  await database.close();
  await target.drop();
  await server.stop();
});

async function run(on: Database, sql: string): Promise<void> {
  await on.withSession((session) => session.query(sql));
}

/** What a change, taken back again, does to the catalog; one line per object. */
async function change(sql: string): Promise<readonly string[]> {
  const before = await readCatalog(database);
  return database.withSession(async (session) => {
    await session.query(`begin; ${sql}`);
    const after = await readCatalogWithin(session);
    await session.query("rollback");
    expect(fingerprintCatalog(after) === fingerprintCatalog(before)).toBe(
      diffCatalog(before, after).length === 0,
    );
    return diffCatalog(before, after).map(renderChange);
  });
}

describe("the catalog of a database", () => {
  it("is the same for two databases made alike, whatever their object numbers", async () => {
    const [one, other] = await Promise.all([openBackend(), openBackend()]);
    const [left, right] = [openDatabase(one.url), openDatabase(other.url)];
    await run(right, "create table public.passing (id serial); drop table public.passing");
    const [a, b] = await Promise.all([readCatalog(left), readCatalog(right)]);
    expect(diffCatalog(a, b)).toEqual([]);
    expect(fingerprintCatalog(a)).toBe(fingerprintCatalog(b));
    expect(a.objects.filter(({ kind }) => kind === "policy").length).toBeGreaterThan(10);
    expect(new Set(a.objects.map(catalogKey)).size).toBe(a.objects.length);
    await Promise.all([left.close(), right.close()]);
    await Promise.all([one.close(), other.close()]);
  });

  it("leaves the platform out, but not what the app put on its tables", async () => {
    const { objects } = await readCatalog(database);
    const schemas = new Set(objects.filter(({ kind }) => kind === "schema").map(({ name }) => name));
    expect([...schemas].sort()).toEqual(["app", "public"]);
    expect(objects.filter(({ name }) => /^(auth|storage|realtime|vault|bee)\./.test(name))).toEqual([]);
    const admin = openDatabase(target.adminUrl);
    const before = await readCatalog(database);
    await run(
      admin,
      `create function public.hello() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger welcome after insert on auth.users for each row execute function public.hello();
create policy "own files" on storage.objects for select to authenticated using (true)`,
    );
    expect(
      diffCatalog(before, await readCatalog(database)).map(({ change: what, key }) => `${what} ${key}`),
    ).toEqual([
      "created function public.hello()",
      'created policy storage.objects: "own files"',
      "created trigger auth.users: welcome",
    ]);
    await admin.close();
  });

  it.each([
    ["a default", "alter table public.notes alter title set default 'x'", "default null → 'x'::text"],
    ["a column grant", "grant select (title) on public.notes to anon", 'grants {} → {"anon":["SELECT"]}'],
    ["a grant option", "grant select on public.notes to anon with grant option", "SELECT*"],
    ["row security", "alter table public.notes force row level security", "forceRowSecurity false → true"],
    [
      "membership in a publication",
      "alter publication supabase_realtime add table public.notes",
      "created: publication table public.notes on supabase_realtime",
    ],
    [
      "a row filter",
      "alter publication supabase_realtime add table public.notes where (id > 1)",
      "created: publication table",
    ],
    [
      "default privileges",
      "alter default privileges in schema app grant select on tables to anon",
      "created: default privileges for postgres in app on tables",
    ],
    [
      "an owner",
      "grant create on schema public to anon; alter table public.notes owner to anon",
      "owner postgres → anon",
    ],
    [
      "the search path of a function",
      "create function public.f() returns int language sql set search_path = '' as 'select 1'",
      "created: function public.f()",
    ],
    ["a comment", "comment on column public.notes.title is 'hi'", "comment null → hi"],
    ["an option", "alter table public.notes set (fillfactor = 80)", 'options [] → ["fillfactor=80"]'],
    ["replica identity", "alter table public.notes replica identity full", "replicaIdentity d → f"],
    [
      "a setting, by its digest alone",
      "alter role anon set work_mem = '7MB'",
      "created: setting of role anon: work_mem",
    ],
  ])("shows %s", async (_what, sql, expected) => {
    const changes = await change(sql);
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.join("\n")).toContain(expected);
  });

  it("takes rights nobody changed for the same as those spelled out", async () => {
    expect(await change("grant all on public.notes to postgres")).toEqual([]);
    expect(await change("insert into public.notes values (1, 'rows are not its business')")).toEqual([]);
  });

  it("leaves the settings of a transaction that reads it in the middle", async () => {
    await database.withSession(async (session) => {
      await session.query("begin; set local search_path = app; set local statement_timeout = '7s'");
      await readCatalogWithin(session);
      const { rows } = await session.query(
        "select current_setting('search_path') as path, current_setting('statement_timeout') as timeout",
      );
      expect(rows).toEqual([{ path: "app", timeout: "7s" }]);
      await session.query("rollback");
    });
  });

  const system = findSystemPostgres();
  it.skipIf(system == null)("is read from another version of Postgres too", async () => {
    const other = await startSystemPostgres(system?.bin ?? "");
    const older = openDatabase(other.url);
    await run(
      older,
      "create table public.notes (id int generated always as identity primary key, title text check (title <> ''))",
    );
    const { postgres, objects } = await readCatalog(older);
    expect(postgres).toBe(system?.major);
    expect(
      objects.filter(({ on }) => on === "public.notes").map(({ kind, name }) => `${kind} ${name}`),
    ).toEqual(["column id", "column title", "constraint notes_pkey", "constraint notes_title_check"]);
    await older.close();
    await other.stop();
  });
});
