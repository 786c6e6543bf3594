import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Verdict } from "../../src/core/verdict.ts";
import { accessSound, readAccessFindings } from "../../src/gates/access-sound.ts";
import type { GateContext } from "../../src/ports/gate.ts";
import { createDatabaseReader } from "../../src/supabase/database-reader.ts";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../support/postgres.ts";
import { findSystemPostgres, startSystemPostgres } from "../support/system-postgres.ts";
import { openDatabase } from "../support/target.ts";

async function ask(url: string): Promise<Verdict> {
  const database = openDatabase(url);
  try {
    return await accessSound.check({
      ports: { database: createDatabaseReader(database) },
      facts: { exposedSchemas: ["public"] },
    } as unknown as GateContext);
  } finally {
    await database.close();
  }
}

async function run(url: string, sql: string): Promise<void> {
  const database = openDatabase(url);
  try {
    await database.withSession((session) => session.query(sql));
  } finally {
    await database.close();
  }
}

describe("the gate", () => {
  let postgres: TestPostgres;
  let target: TestDatabase;
  beforeAll(async () => {
    postgres = await startTestPostgres();
    target = await postgres.createDatabase();
    const migrations = new URL("../../supabase/migrations/", import.meta.url);
    for (const file of readdirSync(migrations)
      .toSorted()
      .filter((name) => name.endsWith(".sql"))) {
      await run(target.url, readFileSync(new URL(file, migrations), "utf8"));
    }
  });
  afterAll(async () => {
    await target.drop();
    await postgres.stop();
  });

  it("passes the bundled backend without a word", async () => {
    expect(await ask(target.url)).toEqual({ kind: "pass", evidence: { warnings: [], notes: 0 } });
  });

  it("passes with what is only suspicious, and names it", async () => {
    await run(
      target.url,
      "create table public.suspicious (id int primary key); alter table public.suspicious enable row level security",
    );
    await run(
      target.url,
      "create policy own on public.suspicious to authenticated using (id = 1); grant select, truncate on public.suspicious to authenticated",
    );
    const verdict = await ask(target.url);
    await run(target.url, "drop table public.suspicious");
    expect(verdict).toEqual({
      kind: "pass",
      evidence: {
        warnings: [
          "truncate-granted:public.suspicious: authenticated may TRUNCATE on public.suspicious, which no policy is asked for",
        ],
        notes: 0,
      },
    });
  });

  it("blocks a table without row level security, with the statement that mends it", async () => {
    await run(
      target.url,
      "create table public.open (id int primary key); grant select on public.open to anon",
    );
    const verdict = await ask(target.url);
    await run(target.url, "drop table public.open");
    expect(verdict).toMatchObject({
      kind: "fail",
      findings: [
        {
          key: "rls-off:public.open",
          rule: "rls-off",
          severity: "error",
          subject: "public.open",
          detail: "public.open has no row level security and anon can reach every row",
          fix: "alter table public.open enable row level security;",
        },
      ],
    });
  });

  it("does not pass what its role may not read", async () => {
    expect(await ask(target.url.replace("//postgres:", "//authenticator:"))).toEqual({
      kind: "inconclusive",
      reason: "authenticator may not read storage.buckets",
    });
  });

  it("judges a thousand tables in one query of some seconds", async () => {
    const large = await postgres.createDatabase();
    await run(large.url, thousandTables);
    const database = openDatabase(large.url);
    const { query } = createDatabaseReader(database);
    const began = performance.now();
    const { findings } = await readAccessFindings(query, ["public"]);
    const took = performance.now() - began;
    await database.close();
    await large.drop();
    expect(findings.filter(({ severity }) => severity !== "info").map(({ key }) => key)).toEqual([
      "policy-always-true:public.t700: own",
    ]);
    expect(took).toBeLessThan(20_000);
  });
});

const thousandTables = `
do $$
begin
  for n in 1..1000 loop
    execute format('create table public.t%s (id bigint generated always as identity primary key, user_id uuid not null references auth.users (id), body text)', n);
    execute format('alter table public.t%s enable row level security', n);
    execute format('create policy own on public.t%s to authenticated using (%s)', n, case n when 700 then 'user_id is not null' else 'user_id = (select auth.uid())' end);
    execute format('grant select, insert, update, delete on public.t%s to authenticated', n);
    if n % 10 = 0 then
      execute format('create view public.v%s with (security_invoker = true) as select * from public.t%s', n, n);
      execute format('grant select on public.v%s to authenticated', n);
      execute format('create function public.f%s(b uuid) returns bigint language sql set search_path = '''' as ''select count(*) from public.t%s where user_id = b''', n, n);
    end if;
  end loop;
end $$;
`;

const system = findSystemPostgres();

describe.skipIf(system == null)("any Postgres with the roles of the API", () => {
  it("is judged without Supabase's schemas, and not without the roles", async () => {
    const server = await startSystemPostgres(system?.bin ?? "");
    try {
      await run(
        server.url,
        "create table public.open (id int primary key); grant usage on schema public to anon; grant select on public.open to anon",
      );
      expect(await ask(server.url)).toMatchObject({
        kind: "fail",
        findings: [{ key: "rls-off:public.open" }],
      });
      await run(server.url, "drop table public.open; drop owned by anon; drop role anon");
      expect(await ask(server.url)).toEqual({ kind: "inconclusive", reason: "there is no role anon" });
    } finally {
      await server.stop();
    }
  });
});
