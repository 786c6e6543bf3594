import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diffCatalog } from "../../src/plan/diff-catalog.ts";
import type { Lease } from "../../src/ports/deploy-lock.ts";
import { readCatalog } from "../../src/supabase/catalog-reader.ts";
import { type DumpWorld, startDumpWorld } from "../support/dump-world.ts";
import { findSystemPostgres } from "../support/system-postgres.ts";
import { failureOf, takeLock } from "../support/target.ts";

const system = findSystemPostgres();
let world: DumpWorld;
let lease: Lease;
let dump: string;

const [ana, ben] = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"];

/** One of everything that an app makes, and rows that are hard to print. */
const appSql = `
create schema supabase_migrations;
create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
insert into supabase_migrations.schema_migrations values ('20250101000000', array['select 1'], 'first');
create schema private; grant usage on schema private to authenticated;
grant usage on schema public to anon, authenticated;
alter default privileges in schema public grant select on tables to authenticated;
alter default privileges revoke execute on functions from public;
create type public.mood as enum ('calm', 'busy');
create domain public.short as varchar(80) check (value <> '');
create table public.notes (
  id bigint generated always as identity primary key, user_id uuid references auth.users (id) on delete cascade,
  mood public.mood default 'calm', title public.short, body text, size int generated always as (length(body)) stored);
create table public.closed (id serial primary key, secret bytea); revoke all on public.closed from authenticated;
create table public.empty (id int); create table public.days (day date, n int) partition by range (day);
create table public.days_2025 partition of public.days for values from ('2025-01-01') to ('2026-01-01');
create index notes_body on public.notes (body);
alter table public.notes enable row level security; alter table public.notes force row level security;
create policy own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create function private.on_user() returns trigger language plpgsql security definer as $f$ begin
  insert into public.empty values (1); return new; end $f$;
create function public.mine(uuid) returns boolean language sql stable as 'select $1 = auth.uid()';
grant execute on function public.mine(uuid) to authenticated;
create trigger on_user after insert on auth.users for each row execute function private.on_user();
alter table storage.objects enable row level security;
create policy mine on storage.objects for select to authenticated using (public.mine(owner));
create view public.calm with (security_invoker) as select id, title from public.notes where mood = 'calm';
create materialized view public.counts as select count(*) from public.notes;
create trigger touch before update on public.notes for each row execute function private.on_user();
comment on table public.notes is 'it''s theirs';
alter publication supabase_realtime add table public.notes (id, title) where (id > 0);
insert into auth.users values ('${ana}', 'a'), ('${ben}', 'b');
insert into public.notes (user_id, title, body) values ('${ana}', 'one', E'tab\\t back\\\\slash\\nline\\n\\\\.\\nCOPY x FROM stdin;\\n'), ('${ben}', 'two', null), ('${ana}', E'\\\\.', '');
insert into public.notes (user_id, title, body) select '${ana}', 'bulk', repeat(md5(n::text), 20) from generate_series(1, 3000) n;
insert into public.closed (secret) values ('\\x00ff5c2e0a');
insert into public.days values ('2025-05-05', 1);
refresh materialized view public.counts`;

const content = () =>
  world.sql(`select (select md5(string_agg(n::text, '|' order by id)) from public.notes n) as notes,
    (select string_agg(c::text, '|' order by id) from public.closed c) as closed,
    (select count from public.counts) as counted, (select count(*)::int from public.days) as days,
    (select nextval('public.notes_id_seq') - max(id) > 0 from public.notes) as ahead`);

async function restore(file = dump) {
  const header = await world.reader.read(file);
  const there = await world.restorer.readTarget(header.schemas);
  const { signal } = new AbortController();
  return world.reader.unpack(header, there, signal, (unpacked) =>
    world.restorer.restore(unpacked, header, lease, signal),
  );
}

describe.skipIf(system == null)("bringing a dump back", () => {
  beforeAll(async () => {
    world = await startDumpWorld(system?.bin ?? "");
    lease = await takeLock(world.database, "test", 600_000);
    await world.sql(appSql);
    const { schemas } = await world.keeper.readSource();
    expect(schemas).toEqual(["private", "public", "supabase_migrations"]);
    dump = (await world.keeper.take(schemas, new AbortController().signal)).file;
  }, 120_000);
  afterAll(() => world.stop());

  it("brings back rows, grants, policies, default privileges, publications and what hangs on the platform's tables", async () => {
    const [rows, before] = [await content(), await readCatalog(world.database)];
    await world.sql(`
      delete from public.notes where id > 10; update public.notes set title = 'x'; drop materialized view public.counts;
      drop policy own on public.notes; alter table public.notes no force row level security, disable row level security;
      grant all on public.closed to anon; grant create on schema public to anon; revoke usage on schema private from authenticated;
      alter default privileges in schema public grant all on tables to anon;
      alter default privileges in schema public revoke all on tables from authenticated;
      alter default privileges grant execute on functions to anon;
      alter publication supabase_realtime drop table public.notes;
      create function public.since() returns trigger language plpgsql as 'begin return new; end';
      create trigger since before insert on auth.users for each row execute function public.since();
      drop policy mine on storage.objects;
      create table public.since (id int references public.notes (id) on delete cascade); create type public.other as (a public.mood);
      insert into supabase_migrations.schema_migrations values ('20250102000000', null, 'second')`);
    await world.admin("drop trigger on_user on auth.users");
    expect(await restore()).toEqual([]);
    const changes = diffCatalog(before, await readCatalog(world.database));
    expect(changes).toEqual([
      // A default of no schema is the role's, not the dump's: it is left as it was found.
      expect.objectContaining({ change: "changed", key: expect.stringContaining("default privileges") }),
    ]);
    await world.sql("alter default privileges revoke execute on functions from anon");
    expect(diffCatalog(before, await readCatalog(world.database))).toEqual([]);
    expect(await content()).toEqual(rows);
    expect(await world.sql("select version from supabase_migrations.schema_migrations")).toEqual([
      { version: "20250101000000" },
    ]);
    expect(await world.sql("select has_table_privilege('anon', 'public.closed', 'select') as anon")).toEqual([
      { anon: false },
    ]);
  });

  it("brings one back that bee did not take, with what is attached now", async () => {
    const { copyFile } = await import("node:fs/promises");
    const foreign = `${world.dir}/own.dump`;
    await copyFile(dump, foreign);
    await world.sql(
      "create function public.since() returns trigger language plpgsql as 'begin return new; end'",
    );
    await world.sql(
      "create trigger since before insert on auth.users for each row execute function public.since()",
    );
    expect(await restore(foreign)).toEqual(["trigger since on table auth.users"]);
    expect(await world.sql("select tgname from pg_trigger where not tgisinternal order by 1")).toEqual([
      { tgname: "on_user" },
      { tgname: "touch" },
    ]);
  });

  it("changes nothing when accounts of its rows are gone, or something outside needs what it replaces", async () => {
    await world.sql(`delete from auth.users where id = '${ben}'`);
    const before = await readCatalog(world.database);
    const rows = await world.sql("select count(*)::int from public.notes");
    expect(await failureOf(restore())).toMatchObject({
      code: "BEE-E367",
      exit: 3,
      detail: expect.stringContaining(`Key (user_id)=(${ben}) is not present in table "users"`),
    });
    expect(await world.sql("select count(*)::int from public.notes")).toEqual(rows);
    expect(diffCatalog(before, await readCatalog(world.database))).toEqual([]);
    await world.sql(`insert into auth.users values ('${ben}', 'b'); create schema other;
      create view other.v as select id from public.notes`);
    const header = await world.reader.read(dump);
    expect((await world.restorer.readTarget(header.schemas)).obstacles).toEqual([
      "rule _RETURN on view other.v",
    ]);
    expect(await failureOf(restore())).toMatchObject({ code: "BEE-E369", exit: 3 });
    await world.sql("drop schema other cascade");
    expect(await restore()).toEqual([]);
  });

  it("changes nothing when the lock was lost, or the run is interrupted", async () => {
    await world.sql("delete from public.notes where title = 'two'");
    const rows = await world.sql("select count(*)::int from public.notes");
    const mine = lease;
    lease = { ...mine, token: mine.token + 7 };
    expect(await failureOf(restore())).toMatchObject({ exit: 5 });
    lease = mine;
    const stop = new AbortController();
    const header = await world.reader.read(dump);
    const there = await world.restorer.readTarget(header.schemas);
    const interrupted = world.reader.unpack(header, there, stop.signal, async (unpacked) => {
      stop.abort();
      return world.restorer.restore(unpacked, header, mine, stop.signal);
    });
    expect(await failureOf(interrupted)).toMatchObject({ code: "BEE-E511", exit: 130 });
    expect(await world.sql("select count(*)::int from public.notes")).toEqual(rows);
  });
});
