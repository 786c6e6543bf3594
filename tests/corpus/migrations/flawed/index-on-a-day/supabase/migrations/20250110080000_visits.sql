create table public.visits (id bigint primary key, at timestamptz not null, path text not null);
alter table public.visits enable row level security;
grant select on public.visits to authenticated;
create index visits_by_day on public.visits ((at::date));
