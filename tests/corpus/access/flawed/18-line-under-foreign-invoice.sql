-- Lines can be put under the invoice of another tenant: reading asks for it, adding does not.
-- flaw: public.invoice_lines authenticated insert
-- found-by: either

create table public.customers (
  id bigint generated always as identity primary key,
  tenant_id uuid not null,
  name text not null,
  email text,
  unique (tenant_id, email)
);
create table public.invoices (
  id bigint generated always as identity primary key,
  tenant_id uuid not null,
  customer_id bigint not null references public.customers (id),
  number text not null,
  total numeric(12, 2) not null default 0 check (total >= 0),
  issued_on date not null default current_date,
  unique (tenant_id, number)
);
create table public.invoice_lines (
  id bigint generated always as identity primary key,
  invoice_id bigint not null references public.invoices (id) on delete cascade,
  description text not null,
  quantity int not null default 1 check (quantity > 0),
  price numeric(12, 2) not null,
  amount numeric(12, 2) generated always as (quantity * price) stored
);
create function public.my_tenant() returns uuid language sql stable set search_path = '' as
  $$ select (auth.jwt() -> 'app_metadata' ->> 'tenant_id')::uuid $$;
alter table public.customers enable row level security;
alter table public.invoices enable row level security;
alter table public.invoice_lines enable row level security;

create policy "customers of the tenant" on public.customers to authenticated using (tenant_id = (select public.my_tenant()));
create policy "invoices of the tenant" on public.invoices to authenticated using (tenant_id = (select public.my_tenant()));
create policy "lines of own invoices" on public.invoice_lines for select to authenticated
  using (exists (select from public.invoices i where i.id = invoice_lines.invoice_id and i.tenant_id = (select public.my_tenant())));
create policy "add lines" on public.invoice_lines for insert to authenticated with check (quantity < 1000);

grant select, insert, update, delete on public.customers, public.invoices, public.invoice_lines to authenticated;
