create type public.mood as enum ('good', 'bad');
create table public.days (
  id int primary key,
  mood public.mood not null
);
alter table public.days enable row level security;
grant select, insert, update, delete on public.days to authenticated;
