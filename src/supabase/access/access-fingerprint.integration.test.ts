import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { query } from "../../../tests/support/database-content.ts";
import { openSchema } from "../../../tests/support/isolation-world.ts";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../../tests/support/postgres.ts";
import { openDatabase } from "../../../tests/support/target.ts";
import { type AccessFingerprint, diffFingerprints } from "../../plan/access/access-fingerprint.ts";
import { createIsolationProver } from "./isolation-prover.ts";

const schema = `
  create table notes (id bigint generated always as identity primary key, user_id uuid not null references auth.users, body text);
  alter table notes enable row level security;
  create policy own on notes to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
  create view note_bodies with (security_invoker = on) as select body from notes;
  create function note_count(p_user uuid) returns bigint language sql stable set search_path = '' as
    $$ select count(*) from public.notes where user_id = p_user $$;`;

let server: TestPostgres;
let database: TestDatabase;
beforeAll(async () => {
  server = await startTestPostgres();
  database = await openSchema(server, schema);
});
afterAll(() => server.stop());

async function fingerprint(url: string): Promise<AccessFingerprint> {
  const opened = openDatabase(url);
  try {
    return await createIsolationProver(opened).fingerprint(["public"]);
  } finally {
    await opened.close();
  }
}

/** What a statement changes of it. */
async function changesOf(sql: string, undo: string): Promise<readonly string[]> {
  const before = await fingerprint(database.url);
  await query(database.adminUrl, sql);
  try {
    const after = await fingerprint(database.url);
    const differences = diffFingerprints(before, after);
    expect(after.sha256 === before.sha256).toBe(differences.length === 0);
    return differences;
  } finally {
    await query(database.adminUrl, undo);
    expect(diffFingerprints(before, await fingerprint(database.url))).toEqual([]);
  }
}

describe("the fingerprint of access changes with", () => {
  it.each([
    [
      "a policy's condition",
      "alter policy own on notes using (true)",
      "alter policy own on notes using (user_id = (select auth.uid()))",
      ["policy public.notes.own differs"],
    ],
    [
      "whom a policy is for",
      "alter policy own on notes to public",
      "alter policy own on notes to authenticated",
      ["policy public.notes.own differs"],
    ],
    [
      "a policy more",
      "create policy more on notes for select using (true)",
      "drop policy more on notes",
      ["policy public.notes.more was not there"],
    ],
    [
      "row security",
      "alter table notes disable row level security",
      "alter table notes enable row level security",
      ["table public.notes differs"],
    ],
    [
      "a grant",
      "revoke truncate on notes from anon",
      "grant truncate on notes to anon",
      ["table public.notes differs"],
    ],
    [
      "a function's body",
      "create or replace function note_count(p_user uuid) returns bigint language sql stable set search_path = '' as $$ select 1::bigint $$",
      "create or replace function note_count(p_user uuid) returns bigint language sql stable set search_path = '' as $$ select count(*) from public.notes where user_id = p_user $$",
      ["function public.note_count(p_user uuid) differs"],
    ],
    [
      "whose rights a function has",
      "alter function note_count(uuid) security definer",
      "alter function note_count(uuid) security invoker",
      ["function public.note_count(p_user uuid) differs"],
    ],
    [
      "whose rights a view has",
      "alter view note_bodies set (security_invoker = off)",
      "alter view note_bodies set (security_invoker = on)",
      ["view public.note_bodies differs"],
    ],
    [
      "a membership",
      "grant pg_read_all_data to anon",
      "revoke pg_read_all_data from anon",
      ["role anon differs"],
    ],
    ["a role's attribute", "alter role anon bypassrls", "alter role anon nobypassrls", ["role anon differs"]],
    [
      "a trigger",
      "create trigger t before update on notes for each row execute function suppress_redundant_updates_trigger()",
      "drop trigger t on notes",
      ["trigger public.notes.t was not there"],
    ],
  ])("%s", async (_what, sql, undo, differences) => {
    expect(await changesOf(sql, undo)).toEqual(differences);
  });
});

describe("the fingerprint of access stays with", () => {
  it.each([
    [
      "rows",
      "insert into auth.users (id) values ('00000000-0000-4000-8000-000000000001'); insert into public.notes (user_id, body) values ('00000000-0000-4000-8000-000000000001', 'x')",
      "delete from public.notes; delete from auth.users",
    ],
    ["an index", "create index bodies on notes (body)", "drop index bodies"],
    ["a comment", "comment on table notes is 'of people'", "comment on table notes is null"],
    ["statistics", "analyze notes", "select 1"],
    ["bee's own schema", "create schema bee; create table bee.releases (id int)", "drop schema bee cascade"],
    ["a grant that is given again", "grant select on notes to anon", "select 1"],
    [
      "the same policy, made anew",
      "drop policy own on notes; create policy own on notes to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()))",
      "select 1",
    ],
  ])("%s", async (_what, sql, undo) => {
    expect(await changesOf(sql, undo)).toEqual([]);
  });

  it("a copy of the schema in another database", async () => {
    const copy = await openSchema(server, schema);
    try {
      expect(diffFingerprints(await fingerprint(database.url), await fingerprint(copy.url))).toEqual([]);
    } finally {
      await copy.drop();
    }
  });
});
