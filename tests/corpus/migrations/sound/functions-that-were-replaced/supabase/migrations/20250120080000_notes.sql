create table public.notes (
  id uuid primary key default gen_random_uuid(),
  author uuid not null default auth.uid(),
  title text not null
);
alter table public.notes enable row level security;
create policy own on public.notes for all to authenticated
  using (author = (select auth.uid())) with check (author = (select auth.uid()));
grant select, insert, update, delete on public.notes to authenticated;
create function public.titles() returns setof text language sql set search_path = ''
as $$ select n.title from public.notes n $$;
create function public.short_titles() returns setof text language sql set search_path = ''
as $$ select t from public.titles() t where length(t) < 9 $$;
create function public.few_titles() returns setof text language sql set search_path = ''
as $$ select t from public.short_titles() t limit 9 $$;
