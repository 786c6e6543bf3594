create table public.notes (
  id uuid primary key default gen_random_uuid(),
  author uuid not null default auth.uid(),
  title text not null
);
alter table public.notes enable row level security;
create policy own on public.notes for all to authenticated
  using (author = (select auth.uid())) with check (author = (select auth.uid()));
grant select, insert, update, delete on public.notes to authenticated;
