import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inOwnTmp } from "../../tests/support/own-tmp.ts";
import { openScratchPostgres } from "../local/postgres/scratch.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import { isFinding, parseMigration } from "../plan/parse-migration.ts";
import { createShadowDatabase } from "../supabase/shadow-database.ts";
import { proveMigrations } from "./prove-migrations.ts";

const shadow = createShadowDatabase(openScratchPostgres);

const stopAtFirst = { keepGoing: false, signal: new AbortController().signal };
const keepGoing = { ...stopAtFirst, keepGoing: true };

function set(...sources: readonly string[]): readonly MigrationFile[] {
  return sources.map((sql, index) => {
    const parsed = parseMigration(`supabase/migrations/2025010${index + 1}090000_m.sql`, Buffer.from(sql));
    if (isFinding(parsed)) throw new Error(parsed.detail);
    return parsed;
  });
}

describe("proveMigrations", () => {
  it("applies a set that is sound, concurrent indexes too", async () => {
    const files = set(
      "create table public.notes (id uuid primary key, author uuid references auth.users (id));",
      "create index concurrently notes_author on public.notes (author);",
    );
    expect(await proveMigrations(shadow, files, stopAtFirst)).toEqual({ applied: 2, remarks: [] });
  });

  it("names the first refusal by its line, and all of them when asked to keep going", async () => {
    const files = set(
      "create table public.notes (id uuid primary key);\n\ncreate index x on public.notes (\n  author\n);",
      "create table public.tags (id uuid);",
      "insert into public.tags (name) values ('a');",
    );
    const first = {
      rule: "migration-fails",
      file: "supabase/migrations/20250101090000_m.sql",
      line: 3,
      detail: 'column "author" does not exist (SQLSTATE 42703)',
    };
    expect(await proveMigrations(shadow, files, stopAtFirst)).toEqual({ applied: 0, remarks: [first] });
    expect(await proveMigrations(shadow, files, keepGoing)).toEqual({
      applied: 1,
      remarks: [
        first,
        {
          rule: "migration-fails",
          file: "supabase/migrations/20250103090000_m.sql",
          line: 1,
          detail: 'column "name" of relation "tags" does not exist (SQLSTATE 42703)',
        },
      ],
    });
  });

  it("runs a file again that claims to be repeatable, and only such", async () => {
    const files = set(
      "create table if not exists public.a (id int);\ncreate policy p on public.a using (true);",
      "create table if not exists public.b (id int);\ndrop policy if exists p on public.b;\ncreate policy p on public.b using (true);",
      "create table public.c (id int);",
    );
    const { applied, remarks } = await proveMigrations(shadow, files, stopAtFirst);
    expect(applied).toBe(3);
    expect(remarks).toEqual([
      {
        rule: "migration-not-repeatable",
        file: "supabase/migrations/20250101090000_m.sql",
        line: 2,
        detail: 'policy "p" for table "a" already exists (SQLSTATE 42710)',
      },
    ]);
  });

  it("takes a guarded column for such a claim, and a bare trigger for what was forgotten", async () => {
    const files = set(
      "create table public.a (id int, paid boolean);",
      "alter table public.a add column if not exists note text;\ncreate or replace function public.keep() returns trigger language plpgsql as $$ begin return new; end $$;\ncreate trigger keep before update on public.a for each row execute function public.keep();",
    );
    const { remarks } = await proveMigrations(shadow, files, stopAtFirst);
    expect(remarks.map(({ rule, line }) => `${rule}:${line}`)).toEqual(["migration-not-repeatable:3"]);
  });

  it("has a vault, and tells settings of the project from those that nobody may set", async () => {
    const files = set(
      "select vault.create_secret('s3cret', 'service_key');\ndo $$ begin assert (select decrypted_secret from vault.decrypted_secrets where name = 'service_key') = 's3cret'; end $$;",
      "alter role authenticator set pgrst.db_aggregates_enabled = 'true';",
    );
    const { applied, remarks } = await proveMigrations(shadow, files, stopAtFirst);
    expect(applied).toBe(1);
    expect(remarks.map(({ rule }) => rule)).toEqual(["migration-unproven"]);
    const own = await proveMigrations(shadow, set("alter database postgres set app.url = 'x';"), stopAtFirst);
    expect(own.remarks.map(({ rule }) => rule)).toEqual(["migration-fails"]);
  });

  it.each([
    "select count(*) from auth.audit_log_entries;",
    "select realtime.send('{}'::jsonb, 'event', 'topic', false);",
    "create table public.a (id int);\ncreate trigger hook after insert on public.a for each row execute function supabase_functions.http_request('https://api.bee.app');",
  ])("blames nobody for what the platform has: %s", async (sql) => {
    const { remarks } = await proveMigrations(shadow, set(sql), stopAtFirst);
    expect(remarks.map(({ rule }) => rule)).toEqual(["migration-unproven"]);
  });

  it("names what the platform has not either", async () => {
    const { remarks } = await proveMigrations(shadow, set("select count(*) from auth.user;"), stopAtFirst);
    expect(remarks.map(({ rule }) => rule)).toEqual(["migration-fails"]);
  });

  it("blames nobody for an extension that only hosted projects have", async () => {
    const files = set("create extension pg_cron;", "select cron.schedule('a', '* * * * *', 'select 1');");
    const { remarks } = await proveMigrations(shadow, files, keepGoing);
    expect(remarks.map(({ rule }) => rule)).toEqual(["migration-unproven", "migration-unproven"]);
  });

  it("has nothing to say of no migrations", async () => {
    expect(await proveMigrations(shadow, [], stopAtFirst)).toEqual({ applied: 0, remarks: [] });
  });

  it("does not wait for a file that does not end", async () => {
    const files = set("select pg_sleep(600);", "create table public.later (id int);");
    const started = Date.now();
    const { applied, remarks } = await proveMigrations(shadow, files, { ...keepGoing, patienceMs: 500 });
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(applied).toBe(0);
    expect(remarks).toEqual([
      {
        rule: "migration-unproven",
        file: "supabase/migrations/20250101090000_m.sql",
        line: null,
        detail: "it did not end within 1 s on an empty database",
      },
    ]);
  });

  it("ends with an interrupt, and takes its server with it", () =>
    inOwnTmp(async (dir) => {
      const stop = new AbortController();
      const asked = proveMigrations(shadow, set("select pg_sleep(600);"), {
        keepGoing: false,
        signal: stop.signal,
      });
      setTimeout(() => stop.abort(), 1500);
      await expect(asked).rejects.toThrow("aborted");
      expect(readdirSync(dir).filter((name) => name.startsWith("bee-shadow-"))).toEqual([]);
    }));
});
