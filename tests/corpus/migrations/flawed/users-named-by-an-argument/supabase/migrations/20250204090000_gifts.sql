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
