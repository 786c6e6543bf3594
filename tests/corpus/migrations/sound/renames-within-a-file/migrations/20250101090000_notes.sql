create table public.notes (
  id uuid primary key,
  author uuid not null references auth.users (id),
  title text,
  created_at timestamptz not null default now()
);
alter table public.notes enable row level security;
grant select, insert, update, delete on public.notes to authenticated;
alter table public.notes rename column title to heading;
alter table public.notes rename to memos;
create index memos_heading on public.memos (heading);
