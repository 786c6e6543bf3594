-- The policy calls a function that was to be written later.
-- flaw: public.transfers authenticated select
-- found-by: either

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
create function public.may_read_transfer(account uuid) returns boolean language sql stable set search_path = '' as $$ select true $$;
create policy "read transfers" on public.transfers for select to authenticated using (public.may_read_transfer(account_id));

grant select on public.accounts to authenticated;
grant select, insert on public.transfers to authenticated;
