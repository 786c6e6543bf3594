create extension if not exists pg_net;
create function public.call_welcome() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform net.http_post(
    url := 'https://kzqhwvmtrpnxdlbgcyfe.supabase.co/functions/v1/welcome',
    headers := jsonb_build_object('Authorization', 'Bearer ' || current_setting('app.settings.service_role_key'))
  );
  return new;
end $$;
revoke execute on function public.call_welcome() from public;
create trigger on_signup after insert on auth.users for each row execute function public.call_welcome();
