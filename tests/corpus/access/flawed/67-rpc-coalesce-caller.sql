-- The function asks for the caller only when nobody else was named.
-- flaw: public.accounts_of authenticated execute
-- found-by: probe

create table public.accounts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id),
  label text not null default 'current'
);
create table public.transfers (
  id bigint generated always as identity primary key,
  account_id uuid not null references public.accounts (id),
  amount_cents bigint not null check (amount_cents <> 0),
  memo text
);
create table public.transfer_log (
  id bigint generated always as identity primary key,
  entry jsonb not null,
  at timestamptz not null default now()
);
create function public.log_transfer() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.transfer_log (entry) values (to_jsonb(new));
  return new;
end $$;
create trigger log_transfer after insert on public.transfers for each row execute function public.log_transfer();

alter table public.accounts enable row level security;
alter table public.transfers enable row level security;
alter table public.transfer_log enable row level security;

create policy "own accounts" on public.accounts for select to authenticated using (user_id = (select auth.uid()));
create policy "transfers of own accounts" on public.transfers for select to authenticated
  using (exists (select from public.accounts a where a.id = transfers.account_id and a.user_id = (select auth.uid())));
create policy "transfer from own accounts" on public.transfers for insert to authenticated
  with check (exists (select from public.accounts a where a.id = transfers.account_id and a.user_id = (select auth.uid())));

grant select on public.accounts to authenticated;
grant select, insert on public.transfers to authenticated;
create function public.accounts_of(who uuid default null) returns setof public.accounts
language sql stable security definer set search_path = '' as $$ select * from public.accounts where user_id = coalesce(who, auth.uid()) $$;
revoke execute on function public.accounts_of(uuid) from public, anon;
grant execute on function public.accounts_of(uuid) to authenticated;
