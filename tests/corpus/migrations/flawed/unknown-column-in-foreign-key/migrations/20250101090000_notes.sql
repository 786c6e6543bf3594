create table public.notes (
  id uuid primary key,
  author uuid not null references auth.users (id),
  title text,
  created_at timestamptz not null default now()
);
alter table public.notes enable row level security;
grant select, insert, update, delete on public.notes to authenticated;
create table public.tags (
  id uuid primary key,
  note uuid references public.notes (uid)
);
alter table public.tags enable row level security;
grant select, insert, update, delete on public.tags to authenticated;
