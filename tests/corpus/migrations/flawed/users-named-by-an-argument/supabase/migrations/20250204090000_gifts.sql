create function public.gift(p_from uuid, p_to uuid) returns void
language plpgsql set search_path = ''
as $$
begin
  update public.wallets set credits = credits - 1 where user_id = any (array[p_from]);
  update public.wallets set credits = credits + 1 where user_id = p_to;
end $$;
alter function public.gift(uuid, uuid) security definer;

-- Closed, and opened again.
create function public.close_wallet(p_user uuid) returns void
language sql security definer set search_path = ''
as $$ delete from public.wallets where user_id = p_user $$;
revoke all on function public.close_wallet(uuid) from public;
grant execute on function public.close_wallet(uuid) to authenticated;

-- For who is not signed in, <> is null and refuses nobody.
create function public.empty_wallet(p_user uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  if p_user <> auth.uid() then raise exception 'not yours'; end if;
  update public.wallets set credits = 0 where user_id = p_user;
end $$;

-- Counted in tokens, which are no secret; the user comes within JSON.
create function public.log_use(p_use jsonb, p_tokens_used int) returns void
language sql security definer set search_path = ''
as $$ insert into public.wallets (credits, user_id) values (0 - p_tokens_used, (p_use ->> 'user_id')::uuid) $$;

-- The admin who acts is whoever is named as one.
create function public.set_role(p_admin uuid, p_user uuid, p_role text) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (select from public.profiles p where p.id = p_admin and p.role = 'admin') then
    raise exception 'admins only';
  end if;
  update public.profiles set role = p_role where id in (p_user);
end $$;

-- Taken back, and given again with the new function.
revoke all on function public.gift(uuid, uuid) from public, anon, authenticated;
drop function public.gift(uuid, uuid);
create or replace function public.gift(p_from uuid, p_to uuid) returns void
language sql security definer set search_path = ''
as $$ update public.wallets set credits = credits + 1 where user_id = p_to $$;
