create table public.notes (
  id uuid primary key default gen_random_uuid(),
  author uuid not null default auth.uid(),
  title text not null
);
alter table public.notes enable row level security;
create policy own on public.notes for all to authenticated
  using (author = (select auth.uid())) with check (author = (select auth.uid()));
grant select, insert, update, delete on public.notes to authenticated;
create function public.is_mine(note uuid) returns boolean
language sql stable set search_path = ''
as $$ select exists (select from public.notes n where n.id = note and n.author = auth.uid()) $$;
create policy mine on public.notes for select to authenticated using (public.is_mine(id));
