create table public.notes (
  id uuid primary key,
  author uuid not null references auth.users (id),
  title text,
  created_at timestamptz not null default now()
);
alter table public.notes enable row level security;
grant select, insert, update, delete on public.notes to authenticated;
create policy edit on public.notes for update to authenticated using (author = (select auth.uid())) with check (true);
create policy add on public.notes for insert to authenticated with check (title is not null or true);
