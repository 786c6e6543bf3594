-- Invoker's rights: the one role that may call it may also write the table, so nothing is lent.
create function public.log_function_call(
  function_name text,
  user_id uuid,
  execution_time_ms integer,
  success boolean,
  error_message text default null
) returns void
language plpgsql
security invoker
set search_path = ''
as $$
begin
  -- A lost second of log lines after a crash is better than waiting for the disk on every call.
  perform set_config('synchronous_commit', 'off', true);
  insert into public.function_call_logs (function_name, user_id, execution_time_ms, success, error_message)
  values ($1, $2, greatest($3, 0), $4, left($5, 200));
exception
  when foreign_key_violation then
    insert into public.function_call_logs (function_name, execution_time_ms, success, error_message)
    values ($1, greatest($3, 0), $4, left($5, 200));
end;
$$;

revoke all on function public.log_function_call(text, uuid, integer, boolean, text)
  from public, anon, authenticated, service_role;
grant execute on function public.log_function_call(text, uuid, integer, boolean, text) to service_role;
