create table public.notes (
  id uuid primary key default gen_random_uuid(),
  author uuid not null default auth.uid(),
  title text not null
);
alter table public.notes enable row level security;
create policy own on public.notes for all to authenticated
  using (author = (select auth.uid())) with check (author = (select auth.uid()));
grant select, insert, update, delete on public.notes to authenticated;
create function public.headline(notes) returns text language sql stable set search_path = ''
as $$ select upper($1.title) $$;
create function public.loud() returns setof text language sql stable set search_path = 'public'
as $$ select notes.headline from notes where notes.headline <> '' $$;
create view public.headlines with (security_invoker = true) as select n.id, n.headline from public.notes n;
grant select on public.headlines to authenticated;
