-- The function asks for a caller, then works on whomever was named.
-- flaw: public.cancel_order authenticated execute
-- found-by: probe

create table public.products (
  id bigint generated always as identity primary key,
  sku text not null unique,
  title text not null,
  price_cents int not null check (price_cents >= 0)
);
create table public.orders (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id),
  status text not null default 'draft' check (status in ('draft', 'placed', 'shipped')),
  note text,
  placed_at timestamptz
);
create table public.order_items (
  order_id uuid not null references public.orders (id) on delete cascade,
  product_id bigint not null references public.products (id),
  quantity int not null check (quantity between 1 and 99),
  primary key (order_id, product_id)
);
alter table public.products enable row level security;
alter table public.orders enable row level security;
alter table public.order_items enable row level security;

create policy "everybody sees the catalogue" on public.products for select to anon, authenticated using (true);
create policy "own orders" on public.orders for select to authenticated using (user_id = (select auth.uid()));
create policy "place own orders" on public.orders for insert to authenticated with check (user_id = (select auth.uid()) and status = 'draft');
create policy "change own drafts" on public.orders for update to authenticated
  using (user_id = (select auth.uid()) and status = 'draft') with check (user_id = (select auth.uid()));
create policy "items of own orders" on public.order_items to authenticated
  using (exists (select from public.orders o where o.id = order_items.order_id and o.user_id = (select auth.uid())));

grant select on public.products to anon, authenticated;
grant select, insert, update on public.orders to authenticated;
grant select, insert, update, delete on public.order_items to authenticated;
create function public.cancel_order(order_id uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if auth.uid() is null then raise exception 'sign in first'; end if;
  delete from public.orders o where o.id = cancel_order.order_id;
end $$;
revoke execute on function public.cancel_order(uuid) from public, anon;
grant execute on function public.cancel_order(uuid) to authenticated;
