import { expect, it } from "vitest";
import type { Catalog, CatalogKind, CatalogObject } from "./catalog.ts";
import { findTouchedTables } from "./find-touched-tables.ts";
import { assembleScript } from "./sql-script.ts";

const object = (
  kind: CatalogKind,
  name: string,
  on: string | null = null,
  needs: readonly string[] = [],
): CatalogObject => ({
  kind,
  name,
  on,
  facets: kind === "table" ? { form: "table" } : {},
  origin: { address: "", position: null, needs },
});

const catalog: Catalog = {
  postgres: 17,
  objects: [
    object("column", "mood", "public.days", ["enum public.mood"]),
    object("enum", "public.mood"),
    object("schema", "app"),
    object("table", "app.logs"),
    object("table", 'public."Odd"'),
    object("table", "public.days"),
    object("table", "public.notes"),
  ],
};

it.each([
  ["alter table public.notes drop column title", ["public.notes"]],
  ["alter table notes alter column title type int using title::int", ["public.notes"]],
  ["alter table public.notes enable row level security", []],
  ["alter table public.notes add constraint c check (true)", []],
  ["alter table public.notes add column n int default 1, rename to memos", []],
  ["alter table public.notes enable row level security, drop column title", ["public.notes"]],
  ["update notes set title = ''; delete from public.days", ["public.days", "public.notes"]],
  ['truncate "Odd"', ['public."Odd"']],
  ["truncate odd", []],
  ["do $$ begin execute 'delete from notes'; end $$", ["public.notes"]],
  ["select public.clean('days')", ["public.days"]],
  ["with gone as (delete from notes returning id) select count(*) from gone", ["public.notes"]],
  ["alter type public.mood rename value 'a' to 'b'", ["public.days"]],
  ["drop schema app cascade", ["app.logs"]],
  ["drop table public.notes", ["public.notes"]],
  ["drop view v cascade; drop function f() cascade", []],
  ["create table public.more (id int references public.notes)", []],
  ["create function f() returns void language sql as 'delete from notes'", []],
  ["create policy p on public.notes using (true); grant select on public.notes to anon", []],
  ["insert into public.notes values (1)", []],
] as const)("%s touches %j", (sql, tables) => {
  expect(findTouchedTables([assembleScript("1", "m", "m.sql", sql)], catalog)).toEqual(tables);
});
