create type public.mood as enum ('good', 'bad');
create table public.days (
  id int primary key,
  mood public.mood not null default 'fine'
);
alter table public.days enable row level security;
grant select, insert, update, delete on public.days to authenticated;
create function public.bad_days() returns bigint language sql stable set search_path = '' as
  $$ select count(*) from public.days where mood = 'awful' $$;
