import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Backend, openBackend } from "../support/backend.ts";

const tables = [
  "coach_interventions",
  "daily_engagement_scores",
  "daily_feed_content",
  "engagement_events",
  "feature_flags",
  "function_call_logs",
  "momentum_notifications",
  "notification_preferences",
  "user_content_interactions",
  "user_fcm_tokens",
];

describe.each([
  { project: "a project that grants nothing by default", automaticGrants: false },
  { project: "a project that grants everything by default", automaticGrants: true },
])("the catalog of $project", ({ automaticGrants }) => {
  let backend: Backend;
  const query = async <Row>(sql: string) => (await backend.owner.query(sql)).rows as Row[];

  beforeAll(async () => {
    backend = await openBackend({ automaticGrants });
  });
  afterAll(() => backend.close());

  it("has the tables of the domain in public, and row level security on each", async () => {
    expect(
      await query(
        "select relname, relrowsecurity from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') order by 1",
      ),
    ).toEqual(tables.map((relname) => ({ relname, relrowsecurity: true })));
  });

  it("has row level security on the private tables too, and no way in for the API roles", async () => {
    expect(
      await query(`
        select c.relname, c.relrowsecurity, has_table_privilege('service_role', c.oid, 'select, insert, update, delete') as service
        from pg_class c where relnamespace = 'private'::regnamespace and relkind = 'r'`),
    ).toEqual([{ relname: "rate_limits", relrowsecurity: true, service: false }]);
    expect(
      await query(`select r, has_schema_privilege(r, 'private', 'usage') as usage, has_schema_privilege(r, 'private', 'create') as make
        from unnest(array['anon', 'authenticated', 'service_role']) r`),
    ).toEqual([
      { r: "anon", usage: false, make: false },
      { r: "authenticated", usage: false, make: false },
      { r: "service_role", usage: true, make: false },
    ]);
  });

  it("names a role in every policy", async () => {
    expect(
      await query(
        "select tablename, policyname from pg_policies where schemaname = 'public' and 'public' = any (roles)",
      ),
    ).toEqual([]);
  });

  it("asks for the user once per statement, not once per row", async () => {
    const policies = await query<{ policyname: string; text: string }>(
      "select policyname, coalesce(qual, '') || ' ' || coalesce(with_check, '') as text from pg_policies where schemaname = 'public'",
    );
    const unwrapped = policies.filter(({ text }) =>
      text.replaceAll(/\( SELECT auth\.uid\(\) AS uid\)/g, "").includes("auth.uid()"),
    );
    expect(policies.length).toBeGreaterThan(10);
    expect(unwrapped).toEqual([]);
  });

  it("has an index that starts with the column of every policy, and with that of every foreign key", async () => {
    const uncovered = await query(`
      with led as (
        select i.indrelid as relid, i.indkey[0] as attnum from pg_index i
      ), needed as (
        select p.polrelid as relid, a.attnum, a.attname from pg_policy p
        join pg_attribute a on a.attrelid = p.polrelid and a.attnum > 0 and not a.attisdropped
        where coalesce(pg_get_expr(p.polqual, p.polrelid), '') || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
          ~ ('\\m' || a.attname || '\\M')
        union
        select c.conrelid, c.conkey[1], a.attname from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and c.connamespace = 'public'::regnamespace
      )
      select n.relid::regclass::text as table, n.attname from needed n
      where not exists (select from led where led.relid = n.relid and led.attnum = n.attnum)`);
    expect(uncovered).toEqual([]);
  });

  it("lets every row of a user go with the user", async () => {
    expect(
      await query(`select conrelid::regclass::text as table, confdeltype from pg_constraint
        where contype = 'f' and confrelid = 'auth.users'::regclass and confdeltype <> 'c'`),
    ).toEqual([]);
  });

  it("lets no user call any of its functions, and the service only what it needs", async () => {
    const functions = await query<{ name: string; anon: boolean; authenticated: boolean; service: boolean }>(`
      select p.oid::regproc::text as name,
        has_function_privilege('anon', p.oid, 'execute') as anon,
        has_function_privilege('authenticated', p.oid, 'execute') as authenticated,
        has_function_privilege('service_role', p.oid, 'execute') as service
      from pg_proc p where pronamespace in ('public'::regnamespace, 'private'::regnamespace) order by 1`);
    expect(functions.filter((one) => one.anon || one.authenticated)).toEqual([]);
    expect(functions.filter((one) => one.service).map((one) => one.name)).toEqual([
      "claim_notifications",
      "log_function_call",
      "momentum_inputs",
      "notification_candidates",
      "private.existing_users",
      "private.prune_operational_rows",
      "private.take_allowance",
      "private.users_after",
      "record_notification_outcomes",
      "save_momentum_scores",
    ]);
  });

  it("pins the search path of every function, and lends rights outside the API's schema only", async () => {
    expect(
      await query(`select p.oid::regproc::text as name, proconfig, prosecdef from pg_proc p
        where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
          and ((proconfig is null or not 'search_path=""' = any (proconfig))
            or (prosecdef and pronamespace = 'public'::regnamespace))`),
    ).toEqual([]);
  });

  it("publishes scores and notifications to realtime, and nothing else", async () => {
    expect(
      await query(
        "select tablename from pg_publication_tables where pubname = 'supabase_realtime' order by 1",
      ),
    ).toEqual([{ tablename: "daily_engagement_scores" }, { tablename: "momentum_notifications" }]);
  });

  it("gives nobody TRUNCATE, REFERENCES or TRIGGER", async () => {
    expect(
      await query(`select c.relname, r, p from pg_class c, unnest(array['anon', 'authenticated', 'service_role']) r,
          unnest(array['truncate', 'references', 'trigger']) p
        where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind = 'r' and has_table_privilege(r, c.oid, p)`),
    ).toEqual([]);
  });

  it("seeds nothing", async () => {
    for (const table of tables) {
      expect(await query(`select count(*)::int as rows from public.${table}`), table).toEqual([{ rows: 0 }]);
    }
  });
});
