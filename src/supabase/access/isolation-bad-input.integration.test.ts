import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestContent, query } from "../../../tests/support/database-content.ts";
import { proveIsolation } from "../../../tests/support/isolation.ts";
import { errorsOf, openSchema } from "../../../tests/support/isolation-world.ts";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/postgres.ts";
import { failureOf } from "../../../tests/support/target.ts";
import type { IsolationReport } from "../../plan/access/judge-isolation.ts";

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());

type Options = NonNullable<Parameters<typeof proveIsolation>[1]>;

async function prove(sql: string, options: Options = {}): Promise<IsolationReport> {
  const database = await openSchema(server, sql);
  try {
    return await proveIsolation(database.url, options);
  } finally {
    await database.drop();
  }
}

const own = (table: string, column = "user_id"): string =>
  `alter table ${table} enable row level security;
   create policy own on ${table} to authenticated using (${column} = (select auth.uid())) with check (${column} = (select auth.uid()));`;

describe("what it cannot begin with", () => {
  it("says that nobody answers", async () => {
    expect(await failureOf(proveIsolation("postgresql://postgres:x@127.0.0.1:1/postgres"))).toMatchObject({
      code: "BEE-E321",
    });
  });

  it("says that the password is wrong, without showing it", async () => {
    const url = new URL(server.url());
    url.password = "not-the-password";
    const error = await failureOf(proveIsolation(url.href));
    expect(error).toMatchObject({ code: "BEE-E322" });
    expect(String((error as Error).message)).not.toContain("not-the-password");
  });

  it("names the role that is missing", async () => {
    const database = await openSchema(server, "create table t (id int)");
    try {
      const error = await failureOf(
        proveIsolation(database.adminUrl, { before: "alter role anon rename to anon_of_old" }),
      );
      expect(error).toMatchObject({ code: "BEE-E620", message: "The database has no role anon" });
    } finally {
      await database.drop();
    }
  });

  it("names the right to SET ROLE, then the right to see every row", async () => {
    const database = await openSchema(server, "create table t (id int)");
    const login = async (sql: string): Promise<unknown> => {
      await query(database.adminUrl, sql);
      const url = new URL(database.url);
      url.username = "bee_plain";
      url.password = "plain";
      return failureOf(proveIsolation(url.href));
    };
    try {
      expect(await login("create role bee_plain login password 'plain'")).toMatchObject({
        code: "BEE-E621",
        message: "bee_plain may not become anon, authenticated, service_role",
      });
      expect(await login("grant anon, authenticated, service_role to bee_plain")).toMatchObject({
        code: "BEE-E622",
      });
    } finally {
      await database.drop();
      await query(server.adminUrl, "drop role if exists bee_plain");
    }
  });

  it("names the schema that is not there, and a seed that would stay", async () => {
    const database = await openSchema(server, "create table t (id int)");
    try {
      expect(await failureOf(proveIsolation(database.url, { schemas: ["public", "api"] }))).toMatchObject({
        code: "BEE-E623",
      });
      expect(
        await failureOf(proveIsolation(database.url, { seedSql: "insert into t values (1); commit;" })),
      ).toMatchObject({ code: "BEE-E624" });
      expect(await query(database.url, "select * from t")).toEqual([]);
    } finally {
      await database.drop();
    }
  });
});

describe("what it cannot try", () => {
  it("names the table and the column into which no row goes", async () => {
    const report = await prove(
      `create table codes (user_id uuid not null references auth.users, code text not null check (md5(code) = 'never'));
       ${own("codes")}`,
    );
    expect(errorsOf(report)).toEqual([]);
    expect(report.unverified).toEqual([
      {
        subject: "public.codes",
        why: expect.stringMatching(/^no row of user A could be made \(column code\): 23514/),
      },
    ]);
  });

  it("takes such rows from the seed", async () => {
    const sql = `create table codes (user_id uuid not null references auth.users, code text not null check (md5(code) = md5('known')));
       alter table codes enable row level security; create policy all_of_it on codes for select to authenticated using (user_id is not null);`;
    const seedSql = "insert into codes values ('$a', 'known'), ('$b', 'known')";
    expect(errorsOf(await prove(sql, { seedSql }))).toEqual(["rls-read:public.codes:a"]);
  });

  it("says so when a trigger refuses every row", async () => {
    const report = await prove(
      `create table logs (user_id uuid not null references auth.users);
       create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not by hand'; end $$;
       create trigger refuse before insert on logs for each row execute function refuse();
       ${own("logs")}`,
    );
    expect(report.unverified.map(({ subject }) => subject)).toEqual(["public.logs"]);
    expect(report.unverified[0]?.why).toContain("not by hand");
  });

  it("counts a trigger that refuses others' rows as denial", async () => {
    const report = await prove(
      `create table notes (id bigint generated always as identity primary key, user_id uuid not null references auth.users, body text);
       alter table notes enable row level security;
       create policy r on notes for select to authenticated using (user_id = auth.uid());
       create policy w on notes for update to authenticated using (true) with check (user_id = auth.uid());
       create function guard() returns trigger language plpgsql as $$ begin
         if old.user_id <> auth.uid() then raise exception 'not yours'; end if; return new; end $$;
       create trigger guard before update on notes for each row execute function guard();`,
    );
    expect(errorsOf(report)).toEqual([]);
    expect(report.denials.trigger).toBeGreaterThan(0);
  });

  it("stops at the statement timeout and says what was not tried", async () => {
    const report = await prove(
      `create function slow(p_user uuid) returns int language plpgsql security definer set search_path = '' as $$ begin perform pg_sleep(30); return 1; end $$;
       create table notes (user_id uuid not null references auth.users, body text); ${own("notes")}`,
      { timeoutMs: 1500 },
    );
    expect(report.unverified).toEqual([
      { subject: "public.slow", why: expect.stringContaining("statement timeout") },
      { subject: "public.notes", why: expect.stringContaining("statement timeout") },
    ]);
  });
});

describe("schemas that are hard to fill", () => {
  it("works through names with quotes and unicode", async () => {
    const report = await prove(
      `create table "we""ird 'tåble'" ("ид" bigint generated always as identity primary key, "user id" uuid not null references auth.users, "naïve ""col""" text not null);
       alter table "we""ird 'tåble'" enable row level security;
       create policy "p'ö""l" on "we""ird 'tåble'" for select to authenticated using ("naïve ""col""" is not null);`,
    );
    expect(report.unverified).toEqual([]);
    expect(errorsOf(report)).toEqual([`rls-read:public.we"ird 'tåble':a`]);
  });

  it("fills cycles of foreign keys, deferred and nullable ones, and finds the hole in them", async () => {
    const report = await prove(
      `create table teams (id uuid primary key default gen_random_uuid(), lead uuid not null, owner_id uuid not null references auth.users);
       create table members (id uuid primary key default gen_random_uuid(), team uuid not null references teams deferrable initially deferred, user_id uuid not null references auth.users);
       alter table teams add foreign key (lead) references members deferrable initially deferred;
       create table a (id int primary key generated always as identity, b int, user_id uuid references auth.users);
       create table b (id int primary key generated always as identity, a int not null references a, user_id uuid references auth.users);
       alter table a add foreign key (b) references b;
       ${own("teams", "owner_id")} ${own("members")} ${own("a")}
       alter table b enable row level security; create policy r on b for select to authenticated using (a is not null);`,
    );
    expect(report.unverified).toEqual([]);
    expect(errorsOf(report).filter((key) => /read/.test(key))).toEqual(["rls-read:public.b:a"]);
    // Policies that look at the user alone let a row of one's own under another's parent.
    expect(errorsOf(report)).toContain("rls-insert:public.members:a:parent");
  });

  it("satisfies checks, domains, enums, patterns, identity, generated columns and unique keys", async () => {
    const report = await prove(
      `create domain percent as int check (value between 0 and 100);
       create domain slug as text check (value ~ '^[a-z][a-z0-9-]{2,20}$');
       create type state as enum ('draft', 'sent');
       create table mixed (
         id int generated by default as identity primary key, user_id uuid not null references auth.users,
         share percent not null, name slug not null unique, state state not null, kind text not null check (kind in ('x', 'y')),
         code text not null check (code ~ '^[A-Z]{3}-[0-9]{4}$'), since date not null, until date not null, check (until > since),
         size int not null check (size >= 10 and size < 20), doubled int generated always as (size * 2) stored,
         tags text[] not null, payload jsonb not null check (jsonb_typeof(payload) = 'array'), mail text not null check (mail like '%@%.%'),
         price numeric(6, 2) not null check (price > 0), short varchar(4) not null, unique (user_id, code));
       ${own("mixed")}`,
    );
    expect(report.unverified).toEqual([]);
    expect(errorsOf(report)).toEqual([]);
  });

  it("asks partitions by their own name", async () => {
    const report = await prove(
      `create table events (user_id uuid not null references auth.users, at date not null, kind text not null, primary key (user_id, at)) partition by range (at);
       create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
       create table events_2027 partition of events for values from ('2027-01-01') to ('2028-01-01');
       ${own("events")} alter table events_2026 enable row level security;`,
    );
    expect(report.unverified).toEqual([]);
    const errors = errorsOf(report);
    expect(errors).toContain("rls-read:public.events_2027:anon");
    expect(errors.filter((key) => /events:|events_2026/.test(key))).toEqual([]);
  });

  it("tells tenants by a claim and by a membership", async () => {
    const report = await prove(
      `create table docs (id uuid primary key default gen_random_uuid(), org_id uuid not null, body text);
       alter table docs enable row level security;
       create policy own on docs to authenticated using (org_id = ((select auth.jwt()) -> 'app_metadata' ->> 'org_id')::uuid);
       create table teams (id uuid primary key default gen_random_uuid(), name text);
       create table members (team_id uuid references teams, user_id uuid references auth.users, primary key (team_id, user_id));
       create table tasks (id uuid primary key default gen_random_uuid(), team_id uuid not null references teams, body text);
       alter table teams enable row level security; alter table members enable row level security; alter table tasks enable row level security;
       create policy see on members for select to authenticated using (user_id = auth.uid());
       create policy see on teams for select to authenticated using (exists (select from members m where m.team_id = teams.id and m.user_id = auth.uid()));
       create policy see on tasks to authenticated using (team_id in (select m.team_id from members m where m.user_id = auth.uid())) with check (true);`,
    );
    expect(report.unverified).toEqual([]);
    expect(errorsOf(report)).toEqual(expect.arrayContaining(["rls-insert:public.tasks:a"]));
    expect(errorsOf(report).filter((key) => !key.includes("tasks"))).toEqual([]);
  });
});

describe("what remains", () => {
  const sql = `create table notes (id serial primary key, user_id uuid not null references auth.users, body text);
    create sequence tickets; create table orders (id bigint generated always as identity primary key, user_id uuid references auth.users, ticket bigint not null default nextval('tickets'));
    create function order_now(p_user uuid) returns bigint language sql security definer set search_path = '' as $$ insert into public.orders (user_id) values (p_user) returning ticket $$;
    create materialized view all_notes as select * from notes;
    insert into auth.users (id, email) values ('00000000-0000-4000-8000-0000000000aa', 'kept@example.invalid');
    insert into notes (user_id, body) select id, 'kept' from auth.users; insert into orders (user_id) select id from auth.users;
    refresh materialized view all_notes;`;
  const counters = `select sequencename, last_value from pg_sequences where schemaname = 'public' order by 1`;
  const objects = `select count(*)::int as objects, sum(hashtext(relname || relfilenode))::text as files from pg_class where relnamespace not in ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)`;

  it("is nothing: rows, sequences, objects are as they were", async () => {
    const database = await openSchema(server, sql);
    try {
      const before = [
        await digestContent(database.url),
        await query(database.url, counters),
        await query(database.url, objects),
      ];
      const report = await proveIsolation(database.url);
      expect(errorsOf(report).length).toBeGreaterThan(5);
      expect([
        await digestContent(database.url),
        await query(database.url, counters),
        await query(database.url, objects),
      ]).toEqual(before);
    } finally {
      await database.drop();
    }
  });

  it("is nothing when the run breaks off", async () => {
    const database = await openSchema(
      server,
      `${sql} create policy p on notes using (pg_sleep(20) is not null); alter table notes enable row level security;`,
    );
    try {
      const before = [await digestContent(database.url), await query(database.url, counters)];
      const running = proveIsolation(database.url).catch((error: unknown) => error);
      const client = new pg.Client({ connectionString: database.adminUrl });
      await client.connect();
      try {
        const deadline = Date.now() + 20_000;
        for (let ended = false; !ended; ) {
          if (Date.now() > deadline) throw new Error("the run was not seen at work");
          const { rowCount } = await client.query(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'",
          );
          ended = (rowCount ?? 0) > 0;
        }
      } finally {
        await client.end();
      }
      expect(await running).toBeInstanceOf(Error);
      expect([await digestContent(database.url), await query(database.url, counters)]).toEqual(before);
    } finally {
      await database.drop();
    }
  });
});
