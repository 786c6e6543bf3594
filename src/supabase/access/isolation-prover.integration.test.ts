import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../../tests/support/backend.ts";
import { proveIsolation } from "../../../tests/support/isolation.ts";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/postgres.ts";
import type { IsolationReport } from "../../plan/access/judge-isolation.ts";
import type { IsolationRequest } from "../../ports/isolation-prover.ts";

let server: TestPostgres;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => {
  await server.stop();
});

/** A database with this schema, the API roles' grants as old projects have them. */
async function prove(sql: string, options: Partial<IsolationRequest> = {}): Promise<IsolationReport> {
  const database = await server.createDatabase();
  try {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      for (const kind of ["tables", "functions", "sequences"])
        await client.query(
          `alter default privileges in schema public grant all on ${kind} to anon, authenticated, service_role`,
        );
      await client.query(sql);
    } finally {
      await client.end();
    }
    return await proveIsolation(database.url, options);
  } finally {
    await database.drop();
  }
}

const errors = (report: IsolationReport): readonly string[] =>
  report.findings.filter(({ severity }) => severity === "error").map(({ key }) => key);

const notes = `create table notes (id bigint generated always as identity primary key, user_id uuid not null references auth.users, body text);
alter table notes enable row level security;`;

describe("data isolation", () => {
  it("finds nothing in the bundled backend", async () => {
    const backend = await openBackend();
    try {
      const report = await proveIsolation(backend.url);
      expect(report.findings).toEqual([]);
      expect(report.unverified).toEqual([]);
      expect(report.probes).toBeGreaterThan(20);
      expect(report.roundTrips).toBeLessThanOrEqual(8);
    } finally {
      await backend.close();
    }
  });

  it("passes own rows only", async () => {
    const report = await prove(
      `${notes} create policy own on notes to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));`,
    );
    expect(errors(report)).toEqual([]);
    expect(report.unverified).toEqual([]);
  });

  it("finds row security off", async () => {
    const report = await prove(`${notes} alter table notes disable row level security;`);
    expect(errors(report)).toEqual(
      expect.arrayContaining([
        "rls-read:public.notes:anon",
        "rls-read:public.notes:a",
        "rls-update:public.notes:a",
        "rls-delete:public.notes:anon",
        "rls-insert:public.notes:a",
      ]),
    );
  });

  it("finds a row moved to another owner where WITH CHECK is missing", async () => {
    const report = await prove(
      `${notes} create policy own on notes to authenticated using (user_id = auth.uid()) with check (true);`,
    );
    expect(errors(report)).toEqual(["rls-move:public.notes:a", "rls-insert:public.notes:a"]);
  });

  it("finds a blind write that reading hides", async () => {
    const report = await prove(
      `${notes} create policy r on notes for select to authenticated using (user_id = auth.uid());
       create policy w on notes for update to authenticated using (true) with check (true);`,
    );
    expect(errors(report)).toContain("rls-update:public.notes:a");
  });

  it("finds what a definer view and a definer function show", async () => {
    const report = await prove(
      `${notes} create policy own on notes to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
       create view all_notes as select body from notes;
       create view own_notes with (security_invoker) as select body from notes;
       create function notes_of(p_user uuid) returns setof notes language sql security definer set search_path = '' as $$ select * from public.notes where user_id = p_user $$;
       create function own_count() returns bigint language sql security definer set search_path = '' as $$ select count(*) from public.notes where user_id = auth.uid() $$;
       create function wipe(p_user uuid) returns void language sql security definer set search_path = '' as $$ delete from public.notes where user_id = p_user $$;
       create function count_of(p_user uuid) returns bigint language sql security definer set search_path = '' as $$ select count(*) from public.notes where user_id = p_user $$;`,
    );
    expect(errors(report)).toEqual(
      expect.arrayContaining([
        "rls-read:public.all_notes:anon",
        "rls-read:public.all_notes:a",
        "function-reads:public.notes_of(uuid):a",
        "function-writes:public.wipe(uuid):anon",
        "function-tells:public.count_of(uuid):a",
      ]),
    );
    expect(errors(report).filter((key) => /own_notes|own_count/.test(key))).toEqual([]);
    expect(report.unverified).toEqual([]);
  });

  it("comes in with what a caller can write: user metadata and headers", async () => {
    const report = await prove(
      `${notes} create policy own on notes to authenticated using (user_id = auth.uid());
       create policy admins on notes for select to authenticated using (((select auth.jwt()) -> 'user_metadata' ->> 'role') = 'admin');
       create table files (id int primary key generated always as identity, user_id uuid references auth.users, path text);
       alter table files enable row level security;
       create policy by_header on files for select to anon using (user_id::text = (current_setting('request.headers', true)::json ->> 'x-user-id'));
       create table safe (id int primary key generated always as identity, user_id uuid references auth.users);
       alter table safe enable row level security;
       create policy staff on safe for select to authenticated using (user_id = auth.uid() or (auth.jwt() -> 'app_metadata' ->> 'role') = 'staff');`,
    );
    expect(errors(report)).toEqual([
      expect.stringMatching(/^rls-read:public\.files:anon:header x-user-id=/),
      "rls-read:public.notes:a:user_metadata.role=admin",
    ]);
  });
});
