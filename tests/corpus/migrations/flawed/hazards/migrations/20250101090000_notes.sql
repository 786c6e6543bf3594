create table public.notes (
  id uuid primary key,
  author uuid not null references auth.users (id),
  title text,
  created_at timestamptz not null default now()
);
alter table public.notes enable row level security;
grant select, insert, update, delete on public.notes to authenticated;
create table public.people (
  id uuid primary key,
  nick text
);
alter table public.people enable row level security;
grant select, insert, update, delete on public.people to authenticated;
create view public.titles with (security_invoker = true) as select title from public.notes;
