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
  name text not null default '',
  is_admin boolean not null default false
);
alter table public.profiles enable row level security;
grant select on public.profiles to anon, authenticated;
create policy everybody_reads on public.profiles for select to anon, authenticated using (true);

create schema private;

create function private.require_admin() returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
  if not exists (select from public.profiles where id = (select auth.uid()) and is_admin) then
    raise exception 'admins only' using errcode = '42501';
  end if;
end $$;

-- Not exposed.
create function private.spend(p_user uuid, p_amount int) returns void
language sql security definer set search_path = ''
as $$ update public.wallets set credits = credits - p_amount where user_id = p_user $$;

create function public.spend(p_amount int) returns void
language sql security definer set search_path = ''
as $$ update public.wallets set credits = credits - p_amount where user_id = (select auth.uid()) $$;

create function public.move(p_user uuid, p_amount int) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  if p_user is distinct from auth.uid() then
    raise exception 'not yours' using errcode = '42501';
  end if;
  update public.wallets set credits = credits - p_amount where user_id = p_user;
end $$;

create function public.grant_credits(p_user uuid, p_amount int) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_admin();
  update public.wallets set credits = credits + p_amount where user_id = p_user;
end $$;

-- The caller's rights, and row level security with them.
create function public.rename(p_user uuid, p_name text) returns void
language sql security invoker set search_path = ''
as $$ update public.profiles set name = p_name where id = p_user $$;

-- Everybody reads these rows anyhow.
create function public.name_of(p_user uuid) returns text
language sql stable security definer set search_path = ''
as $$ select name from public.profiles where id = p_user $$;

create function public.has_wallet(p_user uuid) returns boolean
language sql stable security definer set search_path = ''
as $$ select exists (select from public.wallets where user_id = p_user) $$;
