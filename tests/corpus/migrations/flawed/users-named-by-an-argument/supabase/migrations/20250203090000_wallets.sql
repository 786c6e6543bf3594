create table public.wallets (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  credits int not null default 0
);
alter table public.wallets enable row level security;
grant select on public.wallets to authenticated;
create policy own_wallet on public.wallets for select to authenticated using (user_id = (select auth.uid()));

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  role text not null default 'user'
);
alter table public.profiles enable row level security;
grant select on public.profiles to authenticated;
create policy own_profile on public.profiles for select to authenticated using (id = (select auth.uid()));

-- Meant to close what follows; within a schema it takes nothing from PUBLIC.
alter default privileges in schema public revoke execute on functions from public, anon, authenticated;

create function public.spend(p_user uuid, p_amount int) returns void
language sql security definer set search_path = ''
as $$ update public.wallets set credits = credits - p_amount where user_id = p_user $$;

-- Whoever is signed in is not thereby p_user.
create function public.refund(p_user uuid, p_amount int) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  if auth.uid() is null or auth.role() <> 'authenticated' then
    raise exception 'sign in first';
  end if;
  update public.wallets set credits = credits + p_amount where wallets.user_id = refund.p_user;
end $$;

create function public.promote(uuid) returns void
language sql security definer set search_path = ''
as $$ update public.profiles set role = 'admin' where id = $1 $$;

create function public.open_wallet(p_user uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.wallets (user_id, credits) values (p_user, 10);
end $$;

-- The caller's id is only a stand-in for what the caller says.
create function public.balance(p_user uuid default null) returns int
language sql stable security definer set search_path = ''
as $$ select credits from public.wallets where user_id = coalesce(p_user, auth.uid()) $$;
