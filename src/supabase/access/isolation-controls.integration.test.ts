import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { proveIsolation } from "../../../tests/support/isolation.ts";
import { errorsOf, openSchema } from "../../../tests/support/isolation-world.ts";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/postgres.ts";
import type { IsolationReport } from "../../plan/access/judge-isolation.ts";

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());

async function prove(sql: string): Promise<IsolationReport> {
  const database = await openSchema(server, sql);
  try {
    return await proveIsolation(database.url, { lints: true });
  } finally {
    await database.drop();
  }
}

const unproven = ({ unverified }: IsolationReport): readonly string[] =>
  unverified.map(({ subject, why }) => `${subject} ${why.split(":")[0]}`);

const notes = `create table notes (id bigint generated always as identity primary key, user_id uuid not null references auth.users, body text, state text not null default 'draft');
  alter table notes enable row level security;`;

describe("a refusal that says nothing", () => {
  it("is not taken for isolation when not even the owner gets through", async () => {
    const report = await prove(
      `${notes}
       create policy own on notes to authenticated using (user_id = (select auth.uid()) and md5(body) = 'never') with check (user_id = (select auth.uid()));`,
    );
    expect(unproven(report)).toEqual(["public.notes select", "public.notes update", "public.notes delete"]);
    expect(errorsOf(report)).toEqual([]);
  });

  it("is plain where no policy lets anybody through", async () => {
    const report = await prove(
      `${notes} create policy nobody on notes for select to authenticated using (false);`,
    );
    expect(report.unverified).toEqual([]);
  });

  it("is one that counts once somebody with the claim, the seat and the second factor gets through", async () => {
    const report = await prove(
      `create table seats (id bigint generated always as identity primary key, user_id uuid not null references auth.users, kind text not null default 'guest' check (kind in ('guest', 'editor')), until timestamptz not null default now());
       alter table seats enable row level security;
       create policy own on seats for select to authenticated using (user_id = (select auth.uid()));
       ${notes}
       create policy editors on notes for select to authenticated using (user_id = (select auth.uid())
         and exists (select from seats s where s.user_id = (select auth.uid()) and s.kind = 'editor' and s.until > now()));
       create policy staff on notes for update to authenticated using (user_id = (select auth.uid())
         and (select auth.jwt() -> 'app_metadata' ->> 'role') = 'staff' and (select auth.jwt() ->> 'aal') = 'aal2');`,
    );
    expect(report.unverified).toEqual([]);
    expect(errorsOf(report)).toEqual([]);
  });

  it("counts for a tenant that a function names", async () => {
    const report = await prove(
      `create table members (user_id uuid primary key references auth.users, org uuid not null);
       alter table members enable row level security;
       create policy own on members for select to authenticated using (user_id = (select auth.uid()));
       create function my_org() returns uuid language sql stable security definer set search_path = '' as $$ select m.org from public.members m where m.user_id = (select auth.uid()) $$;
       create function my_plan() returns text language sql stable set search_path = '' as $$ select auth.jwt() -> 'app_metadata' ->> 'plan' $$;
       create table reports (id bigint generated always as identity primary key, held_by uuid not null, title text);
       alter table reports enable row level security;
       create policy of_org on reports to authenticated using (held_by = (select my_org()));
       create table offers (id bigint generated always as identity primary key, plan text not null, title text);
       alter table offers enable row level security;
       create policy of_plan on offers for select to authenticated using (plan = (select my_plan()));`,
    );
    expect(report.unverified).toEqual([]);
    expect(errorsOf(report)).toEqual([]);
  });

  it("finds the hole behind a column that an ordinary row fills", async () => {
    const report = await prove(
      `create table folders (id bigint generated always as identity primary key, user_id uuid not null references auth.users);
       ${notes} alter table notes add folder bigint references folders;
       create policy add on notes for insert to authenticated with check (folder is null);
       create policy own on notes for select to authenticated using (user_id = (select auth.uid()));`,
    );
    expect(errorsOf(report)).toContain("rls-insert:public.notes:a");
  });

  it("sees rows through their stamp, and rows of partitions that no date of today falls into", async () => {
    const report = await prove(
      `create function stamp() returns trigger language plpgsql as $$ begin new.user_id := auth.uid(); return new; end $$;
       ${notes} create trigger stamp before insert on notes for each row execute function stamp();
       create policy own on notes to authenticated using (user_id = (select auth.uid()));
       create table days (user_id uuid not null references auth.users, day date not null, score numeric(4, 1) not null, primary key (user_id, day)) partition by range (day);
       create table days_1999 partition of days for values from ('1999-01-01') to ('2000-01-01');
       alter table days enable row level security; alter table days_1999 enable row level security;
       create policy own on days for select to authenticated using (user_id = (select auth.uid()));
       create policy own on days_1999 for select to authenticated using (user_id = (select auth.uid()));`,
    );
    expect(report.unverified).toEqual([]);
    expect(errorsOf(report)).toEqual([]);
  });

  it("looks into views with the rows that they ask for", async () => {
    const report = await prove(
      `${notes} create policy own on notes to authenticated using (user_id = (select auth.uid()) or state = 'public');
       create view past with (security_invoker) as select id, body from notes where state = 'archived';
       create view shared with (security_invoker) as select id, body from notes where state = 'public';
       create view leaking as select id, body from notes where state = 'archived';
       create view empty with (security_invoker) as select id, body from notes where md5(body) = 'never';`,
    );
    expect(errorsOf(report).filter((key) => key.startsWith("rls-read"))).toEqual([
      "rls-read:public.leaking:anon",
      "rls-read:public.leaking:a",
    ]);
    expect(unproven(report)).toEqual(["public.empty select"]);
  });

  it("leaves rows of tables out that nobody can come to", async () => {
    const report = await prove(
      `create table codes (user_id uuid not null references auth.users, code text not null check (md5(code) = 'never'));
       alter table codes enable row level security; create policy own on codes to authenticated using (user_id = (select auth.uid()));
       revoke all on codes from anon, authenticated;`,
    );
    expect(report.unverified).toEqual([]);
  });
});

describe("what no policy is asked for", () => {
  it("empties tables and sets counters back where that is granted, and nothing of it remains", async () => {
    const sql = `${notes} create policy own on notes to authenticated using (user_id = (select auth.uid()));
      insert into auth.users (id, email) values ('11111111-1111-4111-8111-111111111111', 'x@example.invalid');
      insert into notes (user_id, body) values ('11111111-1111-4111-8111-111111111111', 'kept'), ('11111111-1111-4111-8111-111111111111', 'kept too');
      create table children (note bigint references notes);
      alter table children enable row level security;`;
    const database = await openSchema(server, sql);
    try {
      const report = await proveIsolation(database.url, { lints: true });
      const keys = report.findings.map(({ key }) => key);
      expect(keys).toEqual(
        expect.arrayContaining([
          "rls-truncate:public.notes:anon",
          "rls-truncate:public.children:anon",
          "sequence-set:public.notes_id_seq:anon",
        ]),
      );
      expect(keys.filter((key) => /^(truncate-granted|sequence-writable):/.test(key))).toEqual([]);
      const told = report.findings.find(({ key }) => key === "rls-truncate:public.notes:anon");
      expect(told?.detail).toContain("rights were enough, only 0A000");
      const again = await proveIsolation(database.url, {
        before: "revoke truncate on notes, children from anon",
      });
      expect(again.findings.map(({ key }) => key)).toContain("rls-truncate:public.notes:a");
    } finally {
      await database.drop();
    }
  });

  it("asks for the rights to a foreign table without reaching its server", async () => {
    const database = await openSchema(server, "select 1");
    try {
      const report = await proveIsolation(database.adminUrl, {
        before: `create extension postgres_fdw schema extensions;
          create server away foreign data wrapper postgres_fdw options (host '192.0.2.1', connect_timeout '2');
          create user mapping for public server away;
          create foreign table public.far (id int, user_id uuid) server away;
          grant select, update on public.far to authenticated;
          create foreign table public.hidden (id int) server away;
          revoke all on public.hidden from anon, authenticated;
          revoke all on public.far from anon;
          revoke insert, delete on public.far from authenticated`,
      });
      expect(errorsOf(report)).toEqual(["rls-read:public.far:a", "rls-update:public.far:a"]);
      expect(report.unverified).toEqual([]);
    } finally {
      await database.drop();
    }
  });
});
