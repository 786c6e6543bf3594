alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke execute on functions from anon, authenticated;

create function public.settle(p_user uuid, p_amount int) returns void
language sql security definer set search_path = ''
as $$ update public.wallets set credits = credits - p_amount where user_id = p_user $$;
grant execute on function public.settle(uuid, int) to service_role;

grant execute on all functions in schema private to service_role;

create function public.welcome() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.wallets (user_id) values (new.id);
  return new;
end $$;

-- Whoever has the code may.
create function public.join_by_invitation(p_code text, p_user uuid) returns void
language sql security definer set search_path = ''
as $$ insert into public.wallets (user_id) select p_user where p_code <> '' $$;
grant execute on function public.join_by_invitation(text, uuid) to authenticated;
