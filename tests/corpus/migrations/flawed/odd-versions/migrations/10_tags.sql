create table public.tags (
  id uuid primary key
);
alter table public.tags enable row level security;
grant select, insert, update, delete on public.tags to authenticated;
