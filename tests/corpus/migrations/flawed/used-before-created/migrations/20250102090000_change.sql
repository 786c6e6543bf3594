create table public.notes (
  id uuid primary key,
  author uuid not null references auth.users (id),
  title text,
  created_at timestamptz not null default now()
);
alter table public.notes enable row level security;
grant select, insert, update, delete on public.notes to authenticated;
