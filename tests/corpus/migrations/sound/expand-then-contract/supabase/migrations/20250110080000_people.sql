create table public.people (id uuid primary key, name text not null);
alter table public.people enable row level security;
grant select, insert, update on public.people to authenticated;
