create table public.customers (
  id uuid primary key default gen_random_uuid(),
  name text not null
);
alter table public.customers enable row level security;
grant select on public.customers to authenticated;
