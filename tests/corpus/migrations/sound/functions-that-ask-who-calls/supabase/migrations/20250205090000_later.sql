create function public.charge(p_user uuid, p_amount int) returns void
language sql security definer set search_path = ''
as $$ update public.wallets set credits = credits - p_amount where user_id = p_user $$;
revoke all on function public.charge(uuid, int) from public, anon, authenticated;
