create table public.notes (
  id uuid primary key,
  author uuid not null references auth.users (id),
  title text,
  created_at timestamptz not null default now()
);
alter table public.notes enable row level security;
grant select, insert, update, delete on public.notes to authenticated;
create policy a on public.notes for insert to authenticated using (author = (select auth.uid()));
create policy b on public.notes for select to authenticated using (true) with check (true);
create policy c on public.notes for delete to authenticated with check (author = (select auth.uid()));
