create extension if not exists unaccent with schema extensions;
create extension if not exists earthdistance with schema extensions cascade;
create table public.notes (
  id uuid primary key default gen_random_uuid(),
  author uuid not null default auth.uid(),
  title text not null
);
alter table public.notes enable row level security;
create policy own on public.notes for all to authenticated
  using (author = (select auth.uid())) with check (author = (select auth.uid()));
grant select, insert, update, delete on public.notes to authenticated;
create function public.plain(words text) returns text language sql stable set search_path = 'extensions'
as $$ select unaccent(words) || encode(digest(words, 'sha256'), 'hex') || uuid_generate_v4()::text $$;
create function public.near(a float, b float) returns boolean language sql stable set search_path = 'extensions'
as $$ select cube_distance(ll_to_earth(a, b), ll_to_earth(0, 0)) < 9 $$;
create function public.similarity(a text, b text) returns real language sql immutable set search_path = ''
as $$ select case when a = b then 1.0 else 0.0 end::real $$;
create function public.alike(wanted text) returns setof public.notes language sql stable set search_path = 'public'
as $$ select * from notes where similarity(title, wanted) > 0.5 $$;
create function public.far(a text, b text) returns int language plpgsql stable set search_path = 'extensions' as $$
begin
  if exists (select from pg_extension where extname = 'fuzzystrmatch') then
    return levenshtein(a, b);
  end if;
  return 0;
end $$;
create function public.ring() returns bigint language plpgsql set search_path = '' as $$
begin
  return net.http_post(url := 'https://api.bee.app/ring');
end $$;
