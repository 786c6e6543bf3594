create function public.add_score(player uuid, points integer) returns void
language sql set search_path = '' as $$ select $$;
revoke execute on function public.add_score(uuid, integer) from public;
grant execute on function public.add_score(uuid) to authenticated;
