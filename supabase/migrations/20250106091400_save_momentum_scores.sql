-- Writes the scores of one call and its log line together, and answers with the rows as they now stand.
-- Repeatable: an equal row is left untouched, and a reading older than the stored one changes nothing.
create function public.save_momentum_scores(
  p_scores jsonb,
  p_read_at timestamptz,
  p_function_name text,
  p_execution_time_ms integer
) returns setof public.daily_engagement_scores
language plpgsql
security invoker
set search_path = ''
as $$
declare
  v_user_ids uuid[];
  v_written integer;
begin
  select array_agg(known.user_id) into v_user_ids
  from private.existing_users(
    array(select (score ->> 'user_id')::uuid from jsonb_array_elements(p_scores) as score)
  ) as known (user_id);

  insert into public.daily_engagement_scores as s (
    user_id, score_date, raw_score, final_score, momentum_state, breakdown, events_count, algorithm_version,
    calculated_at
  )
  select
    n.user_id, n.score_date, n.raw_score, n.final_score, n.momentum_state, n.breakdown, n.events_count,
    n.algorithm_version, p_read_at
  from jsonb_to_recordset(p_scores) as n (
    user_id uuid, score_date date, raw_score numeric, final_score numeric, momentum_state text, breakdown jsonb,
    events_count integer, algorithm_version text
  )
  where n.user_id = any (v_user_ids)
  on conflict (user_id, score_date) do update
    set raw_score = excluded.raw_score,
        final_score = excluded.final_score,
        momentum_state = excluded.momentum_state,
        breakdown = excluded.breakdown,
        events_count = excluded.events_count,
        algorithm_version = excluded.algorithm_version,
        calculated_at = excluded.calculated_at
    where excluded.calculated_at >= s.calculated_at
      and (s.raw_score, s.final_score, s.momentum_state, s.breakdown, s.events_count, s.algorithm_version)
        is distinct from (
          excluded.raw_score, excluded.final_score, excluded.momentum_state, excluded.breakdown,
          excluded.events_count, excluded.algorithm_version
        );
  get diagnostics v_written = row_count;

  -- A log line alone is not worth waiting for the disk.
  if v_written = 0 then
    perform set_config('synchronous_commit', 'off', true);
  end if;
  insert into public.function_call_logs (function_name, user_id, execution_time_ms, success)
  values (
    p_function_name,
    case when cardinality(v_user_ids) = 1 then v_user_ids[1] end,
    greatest(p_execution_time_ms, 0),
    coalesce(cardinality(v_user_ids), 0) = jsonb_array_length(p_scores)
  );

  return query
    select s.*
    from public.daily_engagement_scores as s
    join jsonb_to_recordset(p_scores) as n (user_id uuid, score_date date)
      on s.user_id = n.user_id and s.score_date = n.score_date;
end;
$$;

revoke all on function public.save_momentum_scores(jsonb, timestamptz, text, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.save_momentum_scores(jsonb, timestamptz, text, integer) to service_role;
