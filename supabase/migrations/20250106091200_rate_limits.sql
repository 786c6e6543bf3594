-- How much each caller of an edge function has used. Unlogged: after a crash everybody starts afresh.
create unlogged table private.rate_limits (
  caller text primary key,
  -- Generic cell rate algorithm: when the caller's allowance is full again.
  full_at timestamptz not null,
  constraint rate_limits_caller_size check (char_length(caller) between 1 and 200)
) with (fillfactor = 50);

alter table private.rate_limits enable row level security;
revoke all on table private.rate_limits from public, anon, authenticated, service_role;

-- Takes `p_cost` from the caller's allowance. Null when granted, else the milliseconds to wait; a refused
-- call takes nothing.
create function private.take_allowance(p_caller text, p_per_minute integer, p_burst integer, p_cost integer default 1)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := clock_timestamp();
  v_each interval := interval '1 minute' / p_per_minute;
  v_full_at timestamptz;
begin
  insert into private.rate_limits as r (caller, full_at)
  values (p_caller, v_now + v_each * p_cost)
  on conflict (caller) do update
    set full_at = greatest(r.full_at, v_now) + v_each * p_cost
    where greatest(r.full_at, v_now) + v_each * p_cost <= v_now + v_each * greatest(p_burst, p_cost)
  returning r.full_at into v_full_at;
  if v_full_at is not null then
    return null;
  end if;
  select r.full_at into v_full_at from private.rate_limits as r where r.caller = p_caller;
  return greatest(
    1,
    ceil(extract(epoch from v_full_at + v_each * p_cost - v_now - v_each * greatest(p_burst, p_cost)) * 1000)
  )::integer;
end;
$$;

revoke all on function private.take_allowance(text, integer, integer, integer)
  from public, anon, authenticated, service_role;
grant execute on function private.take_allowance(text, integer, integer, integer) to service_role;
