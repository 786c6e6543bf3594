-- Keeps what only operations need from growing for ever. Called at the start of every notification batch.
create function private.prune_operational_rows() returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from private.rate_limits where full_at < now() - interval '1 hour';
  -- Bounded, so that a neglected table costs many short calls and not one long one.
  delete from public.function_call_logs
  where id in (
    select l.id from public.function_call_logs as l
    where l.created_at < now() - interval '30 days'
    order by l.id
    limit 10000
  );
end;
$$;

revoke all on function private.prune_operational_rows() from public, anon, authenticated, service_role;
grant execute on function private.prune_operational_rows() to service_role;
