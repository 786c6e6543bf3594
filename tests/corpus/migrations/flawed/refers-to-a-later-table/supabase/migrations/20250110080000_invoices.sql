create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  customer_id uuid not null references public.customers (id),
  total numeric(12, 2) not null check (total >= 0)
);
alter table public.invoices enable row level security;
grant select on public.invoices to authenticated;
