import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BeeError } from "../../src/core/bee-error.ts";
import { proveDown } from "../../src/engine/prove-down.ts";
import { createShadowDatabase } from "../../src/supabase/shadow-database.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres.ts";
import { migration } from "../support/target.ts";

const base = `
create type public.mood as enum ('calm', 'busy', 'tense');
create table public.users (id int primary key, name text not null default 'x', mood public.mood default 'calm');
create table public.notes (id bigint generated always as identity primary key, user_id int references public.users (id), title text not null, score numeric(6, 2), doc jsonb default '{}');
alter table public.notes enable row level security;
create policy own on public.notes for select to authenticated using (user_id > 0);
create function public.double(n int) returns int language sql immutable as 'select n * 2';
create view public.titles with (security_invoker = true) as select id, title, score from public.notes;
create index notes_title on public.notes (title);
create function public.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger touch before update on public.notes for each row execute function public.touch();
grant select, insert on public.notes to authenticated;
alter publication supabase_realtime add table public.notes;`;

const table = fc.constantFrom("public.users", "public.notes", "public.extra", "public.tags");
const column = fc.constantFrom("name", "mood", "title", "score", "doc", "user_id", "added", "flag");
const type = fc.constantFrom(
  "text",
  "int",
  "bigint",
  "numeric(8, 3)",
  "varchar(40)",
  "jsonb",
  "public.mood",
  "timestamptz",
  "boolean",
);
const role = fc.constantFrom("anon", "authenticated", "service_role");
const right = fc.constantFrom("select", "insert", "update", "delete", "all");
const label = fc.constantFrom("calm", "busy", "wild", "numb");
const expression = fc.constantFrom("id > 0", "true", "id % 2 = 0", "public.double(id::int) > 1");
const say = (parts: TemplateStringsArray, ...values: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc
    .tuple(...values)
    .map((chosen) => parts.reduce((text, part, index) => text + part + (chosen[index] ?? ""), ""));

const statement = fc.oneof(
  say`alter table ${table} add column ${column} ${type}`,
  say`alter table ${table} add column ${column} int not null default 7`,
  say`alter table ${table} add column gen int generated always as (${fc.constantFrom("id::int * 2", "public.double(id::int)")}) stored`,
  say`alter table ${table} drop column ${column}`,
  say`alter table ${table} drop column ${column} cascade`,
  say`alter table ${table} alter column ${column} type ${type}`,
  say`alter table ${table} alter column ${column} set not null`,
  say`alter table ${table} alter column ${column} drop not null`,
  say`alter table ${table} alter column ${column} set default ${fc.constantFrom("null", "'a'", "1", "'{}'")}`,
  say`alter table ${table} alter column ${column} drop default`,
  say`alter table ${table} rename column ${column} to ${fc.constantFrom("renamed", "other")}`,
  say`alter table ${table} rename to ${fc.constantFrom("extra", "moved")}`,
  say`alter table ${table} add constraint c check (${expression})`,
  say`alter table ${table} add constraint u unique (${column})`,
  say`alter table ${table} add constraint f foreign key (${column}) references public.users (id) on delete cascade`,
  say`alter table ${table} ${fc.constantFrom("enable", "disable", "force")} row level security`,
  say`alter table ${table} replica identity ${fc.constantFrom("full", "default", "nothing")}`,
  say`create table ${table} (id serial primary key, ${column} ${type}, at timestamptz not null default now())`,
  say`create table ${table} (id int primary key, ref int references ${table})`,
  say`drop table ${table}`,
  say`drop table ${table} cascade`,
  say`create index ${fc.constantFrom("i1", "i2")} on ${table} (${column}) where ${expression}`,
  say`drop index public.notes_title`,
  say`create policy ${fc.constantFrom("own", "p2")} on ${table} for ${fc.constantFrom("all", "update", "delete")} to ${role} using (${expression}) with check (${expression})`,
  say`drop policy own on ${table}`,
  say`grant ${right} on ${table} to ${role}`,
  say`grant update (${column}) on ${table} to ${role}`,
  say`revoke ${right} on ${table} from ${role}`,
  say`revoke execute on function public.double(int) from public`,
  say`create or replace function public.double(n int) returns int language sql immutable as 'select n * 3'`,
  say`drop function public.double(int) cascade`,
  say`create function public.over(n ${type}) returns ${type} language sql as 'select null'`,
  say`create or replace view public.titles as select id, title, score, ${column} from public.notes`,
  say`create view public.${fc.constantFrom("v1", "v2")} as select ${column} from ${table}`,
  say`create view public.v3 as select id from ${fc.constantFrom("public.titles", "public.v1")}`,
  say`drop view public.titles`,
  say`create materialized view public.mv as select count(*) as n from ${table}`,
  say`alter type public.mood add value '${label}'`,
  say`alter type public.mood rename value '${label}' to '${label}'`,
  say`create type public.size as enum ('s', 'm')`,
  say`create domain public.short as text check (length(value) < 9)`,
  say`create trigger t2 after insert on ${table} for each row execute function public.touch()`,
  say`alter table ${table} disable trigger ${fc.constantFrom("touch", "t2")}`,
  say`drop trigger touch on ${table}`,
  say`alter publication supabase_realtime add table ${table}`,
  say`alter publication supabase_realtime drop table ${table}`,
  say`create schema inner_app`,
  say`alter table ${table} set schema inner_app`,
  say`comment on table ${table} is 'about'`,
  say`comment on column public.notes.${column} is 'about'`,
  say`alter default privileges in schema public grant select on tables to ${role}`,
  say`alter table ${table} set (fillfactor = 50)`,
);

let server: TestPostgres;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());

/** Those that Postgres takes, one after the other. */
async function keepValid(statements: readonly string[]): Promise<readonly string[]> {
  const database = await server.createDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(base);
    const valid: string[] = [];
    for (const one of statements) {
      await client.query(one).then(
        () => valid.push(one),
        () => {},
      );
    }
    return valid;
  } finally {
    await client.end();
    await database.drop();
  }
}

const runs = Number(process.env["BEE_RANDOM_RUNS"] ?? 12);

it("takes back random migrations exactly, or says that it cannot", { timeout: 600_000 }, async () => {
  const shadow = createShadowDatabase(async () => {
    const { url, drop } = await server.createDatabase();
    return { url, stop: drop };
  });
  let proven = 0;
  let empty = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { minLength: 12, maxLength: 30 }), async (statements) => {
      const valid = await keepValid(statements);
      if (valid.length === 0) {
        empty += 1;
        return;
      }
      const up = `${valid.join(";\n")};`;
      try {
        await proveDown({
          shadow,
          kept: [migration("20250101000000", "base", base)],
          undone: [migration("20250102000000", "random", up)],
          downs: new Map(),
          baseline: [],
          sampleRows: [],
          note: () => {},
        });
        proven += 1;
      } catch (error) {
        // BEE-E345: it says what it cannot write. Anything else is a wrong down or a wrong word.
        if (!(error instanceof BeeError) || error.code !== "BEE-E345") {
          throw new Error(
            `${up}\n\n${error instanceof BeeError ? `${error.code} ${error.message}\n${error.detail}` : error}`,
          );
        }
        if (process.env["BEE_RANDOM_SHOW"] != null) process.stderr.write(`${up}\n${error.detail}\n\n`);
      }
    }),
    {
      numRuns: runs,
      endOnFailure: true,
      ...(process.env["BEE_RANDOM_SEED"] == null ? {} : { seed: Number(process.env["BEE_RANDOM_SEED"]) }),
    },
  );
  expect(proven / (runs - empty)).toBeGreaterThan(0.6);
});
