/** One kind of change each: what was there, what a migration makes of it, and what its assembled down would lose. */
export interface DownCase {
  readonly name: string;
  readonly base: string;
  readonly up: string;
  readonly losses?: readonly string[];
  readonly contract?: boolean;
}

const notes = `
create table public.notes (
  id bigint generated always as identity primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  title text not null default 'untitled' check (length(title) < 200),
  score numeric(5, 2),
  created_at timestamptz not null default now()
);
alter table public.notes enable row level security;
grant select, insert on public.notes to authenticated;
create policy "read own" on public.notes for select to authenticated using (user_id = (select auth.uid()));`;

const mood = `create type public.mood as enum ('calm', 'busy');
create table public.days (day date primary key, mood public.mood not null default 'calm');`;

export const downCorpus: readonly DownCase[] = [
  { name: "table with everything on it", base: "", up: notes, losses: ["public.notes"] },
  {
    name: "column",
    base: notes,
    up: "alter table public.notes add column pinned boolean not null default false;",
    losses: ["public.notes.pinned"],
  },
  {
    name: "columns dropped",
    base: notes,
    up: "alter table public.notes drop column score, drop column created_at;",
    contract: true,
  },
  {
    name: "default",
    base: notes,
    up: "alter table public.notes alter column title set default 'none', alter column created_at drop default;",
  },
  {
    name: "not null",
    base: notes,
    up: "alter table public.notes alter column score set not null, alter column title drop not null;",
    contract: true,
  },
  {
    name: "wider type",
    base: notes,
    up: "alter table public.notes alter column score type numeric;",
    losses: ["public.notes.score"],
  },
  {
    name: "bigger integer",
    base: "create table public.c (id int primary key, n int default 3);",
    up: "alter table public.c alter column n type bigint;",
  },
  {
    name: "text to integer",
    base: "create table public.c (id int primary key, n text default '3');",
    up: "alter table public.c alter column n drop default, alter column n type int using n::int, alter column n set default 4;",
    contract: true,
  },
  {
    name: "type under a view and a policy",
    base: `${notes}
create view public.scores with (security_invoker = true) as select id, score from public.notes;
grant select on public.scores to authenticated;
comment on view public.scores is 'all scores';
create policy "high only" on public.notes for update to authenticated using (score > 1);`,
    up: `drop view public.scores; drop policy "high only" on public.notes;
alter table public.notes alter column score type double precision;
create view public.scores with (security_invoker = true) as select id, score from public.notes;
grant select on public.scores to authenticated;
comment on view public.scores is 'all scores';
create policy "high only" on public.notes for update to authenticated using (score > 1);`,
    losses: ["public.notes.score"],
    contract: true,
  },
  {
    name: "check, unique and foreign key",
    base: notes,
    up: `alter table public.notes add constraint score_range check (score between 0 and 100) not valid;
alter table public.notes add constraint title_once unique (user_id, title) deferrable initially deferred;
create table public.tags (note_id bigint references public.notes (id) on delete set null, tag text, primary key (note_id, tag));`,
    losses: ["public.tags"],
  },
  {
    name: "constraint changed",
    base: notes,
    up: "alter table public.notes drop constraint notes_title_check; alter table public.notes add constraint notes_title_check check (length(title) < 100);",
  },
  {
    name: "foreign keys in a circle",
    base: "",
    up: `create table public.a (id int primary key, b_id int); create table public.b (id int primary key, a_id int references public.a);
alter table public.a add foreign key (b_id) references public.b;`,
    losses: ["public.a", "public.b"],
  },
  {
    name: "indexes",
    base: `${notes} create index notes_old on public.notes (created_at);`,
    up: `drop index public.notes_old;
create unique index notes_lower on public.notes (lower(title)) where score is not null;
create index notes_cover on public.notes (user_id) include (title);`,
  },
  {
    name: "index concurrently",
    base: notes,
    up: "create index concurrently notes_when on public.notes (created_at);",
  },
  {
    name: "policies",
    base: notes,
    up: `drop policy "read own" on public.notes;
create policy "read own" on public.notes as restrictive for select to anon, authenticated using (true);
create policy "add own" on public.notes for insert to authenticated with check (user_id = (select auth.uid()));`,
  },
  {
    name: "row security off",
    base: notes,
    up: "alter table public.notes disable row level security; alter table public.notes force row level security;",
  },
  {
    name: "grants on tables, columns and functions",
    base: `${notes} create function public.f() returns int language sql as 'select 1';`,
    up: `grant update (title), select (score) on public.notes to anon; revoke insert on public.notes from authenticated;
grant delete on public.notes to service_role with grant option; revoke execute on function public.f() from public; grant execute on function public.f() to service_role;`,
  },
  {
    name: "default privileges",
    base: "",
    up: `alter default privileges in schema public grant select on tables to authenticated;
alter default privileges revoke execute on functions from public;`,
  },
  {
    name: "function changed",
    base: `create function public.f(a int) returns int language sql immutable set search_path = '' as 'select a';
comment on function public.f(int) is 'one';`,
    up: "create or replace function public.f(a int) returns int language plpgsql security definer set search_path = public as $$ begin return a + 1; end $$; comment on function public.f(int) is null;",
  },
  {
    name: "function with another result under a policy",
    base: `${notes}
create function public.may(n bigint) returns boolean language sql stable as 'select true';
create policy "may add" on public.notes for insert to authenticated with check (public.may(id));`,
    up: `drop policy "may add" on public.notes; drop function public.may(bigint);
create function public.may(note bigint, strict boolean default false) returns boolean language sql stable as 'select strict';
create policy "may add" on public.notes for insert to authenticated with check (public.may(id));`,
    contract: true,
  },
  {
    name: "function under a default",
    base: "create function public.f() returns int language sql as 'select 1'; create table public.d (id int primary key, n int default public.f());",
    up: `alter table public.d alter column n drop default; drop function public.f();
create function public.f() returns bigint language sql as 'select 2'; alter table public.d alter column n set default public.f();`,
  },
  {
    name: "procedure and aggregate",
    base: "",
    up: `create procedure public.p(inout n int) language plpgsql as $$ begin n := n + 1; end $$;
create aggregate public.sum_all(int) (sfunc = int4pl, stype = int);`,
  },
  {
    name: "overloads",
    base: "create function public.g(a int) returns int language sql as 'select 1';",
    up: `create function public.g(a text) returns int language sql as 'select 2';
create function public.g(variadic a int[]) returns int language sql as 'select 3';`,
  },
  {
    name: "triggers",
    base: notes,
    up: `create function public.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger touch before update of title on public.notes for each row when (old.title is distinct from new.title) execute function public.touch();
create constraint trigger later after insert on public.notes deferrable initially deferred for each row execute function public.touch();
alter table public.notes disable trigger touch;
create function public.on_user() returns trigger language plpgsql security definer as $$ begin return new; end $$;`,
  },
  {
    name: "enum labels",
    base: mood,
    up: "alter type public.mood add value 'tense' before 'busy';",
    losses: ["public.mood 'tense'"],
  },
  {
    name: "enum labels under view, index, check and function",
    base: `${mood}
create index days_calm on public.days (day) where mood = 'calm';
alter table public.days add constraint known check (mood in ('calm', 'busy'));
create view public.calm as select day from public.days where mood = 'calm';
create function public.moods(m public.mood) returns setof public.days language sql as 'select * from public.days where mood = m';
alter table public.days add column former public.mood[];`,
    up: "alter type public.mood add value 'tense';",
    losses: ["public.mood 'tense'"],
  },
  {
    name: "enum label renamed",
    base: mood,
    up: "alter type public.mood rename value 'busy' to 'hectic';",
    contract: true,
  },
  {
    name: "types",
    base: "create type public.pair as (a int, b text); create domain public.email as text check (value ~ '@');",
    up: `alter type public.pair add attribute c boolean;
alter domain public.email set not null; alter domain public.email set default 'a@b'; alter domain public.email add constraint short check (length(value) < 100);
create type public.span as range (subtype = int4); create type public.size as enum ('s', 'm'); create type public.trio as (x public.size, y public.pair);
create domain public.plz as text collate "C" not null check (value ~ '^[0-9]+$');`,
  },
  {
    name: "types dropped",
    base: "create type public.pair as (a int, b text collate \"C\"); create domain public.email as text not null default 'x@y' check (value ~ '@'); create type public.span as range (subtype = float8, subtype_diff = float8mi);",
    up: "drop type public.pair; drop domain public.email; drop type public.span;",
    contract: true,
  },
  {
    name: "views on views",
    base: `${notes} create view public.v1 as select id, title from public.notes; create view public.v2 as select id from public.v1;`,
    up: `create or replace view public.v1 as select id, title, score from public.notes; create view public.v3 as select score from public.v1;
alter view public.v2 set (security_invoker = true); revoke all on public.v2 from public;`,
  },
  {
    name: "materialized view",
    base: notes,
    up: `create materialized view public.m as select count(*) as n from public.notes; create unique index on public.m (n); grant select on public.m to anon;`,
  },
  {
    name: "materialized view changed",
    base: `${notes} create materialized view public.m as select count(*) as n from public.notes; create unique index m_n on public.m (n);`,
    up: "drop materialized view public.m; create materialized view public.m as select count(*) + 1 as n from public.notes;",
    contract: false,
  },
  {
    name: "sequences and serial",
    base: "create sequence public.s increment 2;",
    up: `alter sequence public.s increment 5 cache 10 cycle maxvalue 1000; create table public.t (id bigserial primary key); create sequence public.free;`,
    losses: ["public.t"],
  },
  {
    name: "identity",
    base: "create table public.t (id bigint primary key, n int generated by default as identity (start 5));",
    up: "alter table public.t alter column id add generated always as identity; alter table public.t alter column n drop identity, alter column n drop not null;",
  },
  {
    name: "generated column",
    base: notes,
    up: "alter table public.notes add column short text generated always as (substr(title, 1, 3)) stored;",
  },
  {
    name: "generated expression dropped",
    base: "create table public.g (a int, b int);",
    up: "alter table public.g add column c int generated always as (a + b) stored;",
  },
  {
    name: "partitions",
    base: `create table public.logs (at date not null, line text) partition by range (at);
create table public.logs_24 partition of public.logs for values from ('2024-01-01') to ('2025-01-01');`,
    up: `create table public.logs_25 partition of public.logs for values from ('2025-01-01') to ('2026-01-01');
alter table public.logs add column level int default 1; create index on public.logs (at); alter table public.logs add primary key (at);`,
    losses: ["public.logs_25", "public.logs.level"],
  },
  {
    name: "partition detached",
    base: `create table public.logs (at date not null, line text) partition by range (at);
create table public.logs_24 partition of public.logs for values from ('2024-01-01') to ('2025-01-01');`,
    up: "alter table public.logs detach partition public.logs_24;",
  },
  {
    name: "inheritance",
    base: "create table public.base (id int primary key, a text check (a <> ''));",
    up: "create table public.child (b int) inherits (public.base);",
    losses: ["public.child"],
  },
  {
    name: "publication",
    base: notes,
    up: "alter publication supabase_realtime add table public.notes (id, title) where (id > 3); create publication mine for table public.notes with (publish = 'insert');",
  },
  {
    name: "publication left",
    base: `${notes} alter publication supabase_realtime add table public.notes;`,
    up: "alter publication supabase_realtime drop table public.notes; alter table public.notes replica identity full;",
  },
  {
    name: "comments",
    base: notes,
    up: `comment on table public.notes is 'it''s notes'; comment on column public.notes.title is E'a\\\\b'; comment on policy "read own" on public.notes is 'p';
comment on constraint notes_pkey on public.notes is 'k'; comment on schema public is 'other';`,
  },
  {
    name: "schema with content",
    base: "",
    up: `create schema app; grant usage on schema app to service_role; create table app.t (id int primary key, k int[]);
create function app.f(t app.t) returns int language sql as 'select t.id'; create view app.v as select app.f(t) from app.t;`,
    losses: ["app.t"],
  },
  {
    name: "renames",
    base: `${notes} create view public.titles as select title from public.notes; create function public.old() returns int language sql as 'select 1'; ${mood}`,
    up: `alter table public.notes rename to memos; alter table public.memos rename column title to heading; alter index public.notes_pkey rename to memos_pkey;
alter policy "read own" on public.memos rename to "read mine"; alter function public.old() rename to new; alter type public.mood rename to feeling;`,
    contract: true,
  },
  {
    name: "moved to another schema",
    base: `create schema app; ${notes}`,
    up: "alter table public.notes set schema app; alter schema app rename to apps;",
    contract: true,
  },
  {
    name: "odd names",
    base: 'create table public."Odd ""Name" ("select" int primary key, "Ümlaut" text);',
    up: `alter table public."Odd ""Name" add column "from" text default '\\\\';
create index "an Index" on public."Odd ""Name" ("Ümlaut"); create policy "it's, a (policy)" on public."Odd ""Name" using (true); create table public."user" ("order" int);`,
    losses: ['public."Odd ""Name"."from"', 'public."user"'],
  },
  {
    name: "statistics, options and storage",
    base: notes,
    up: `create statistics public.notes_st (dependencies) on user_id, title from public.notes;
alter table public.notes set (fillfactor = 70, autovacuum_enabled = false); alter table public.notes alter column title set storage external; alter table public.notes alter column title set statistics 500;`,
  },
  { name: "unlogged", base: notes, up: "alter table public.notes set unlogged;" },
  {
    name: "rules",
    base: `${notes} create view public.v as select id from public.notes;`,
    up: "create rule no_insert as on insert to public.v do instead nothing;",
  },
  {
    name: "extension",
    base: "",
    up: "create extension pg_trgm with schema extensions; create extension citext with schema extensions; create table public.x (id extensions.citext primary key); create index x_trgm on public.x using gin ((id::text) extensions.gin_trgm_ops);",
    losses: ["public.x"],
  },
  {
    name: "operators and casts",
    base: "",
    up: `create function public.same(a int, b text) returns boolean language sql immutable as 'select a::text = b';
create operator public.=== (leftarg = int, rightarg = text, function = public.same); create collation public.de (provider = icu, locale = 'de');
create text search configuration public.plain (copy = simple);`,
  },
  {
    name: "policy on a table of the platform",
    base: "",
    up: `create function public.hello() returns trigger language plpgsql security definer set search_path = '' as $$ begin return new; end $$;`,
  },
  {
    name: "table dropped",
    base: `${notes} create view public.v as select id from public.notes;`,
    up: "drop view public.v; drop table public.notes;",
    contract: true,
  },
  {
    name: "setting of a role",
    base: "",
    up: "alter role anon set work_mem = '8MB'; alter role service_role set lock_timeout = '3s';",
  },
];
