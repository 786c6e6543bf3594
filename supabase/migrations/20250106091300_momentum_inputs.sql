-- The calculator may know whether a user exists, and nothing else of auth.users.
create function private.existing_users(p_user_ids uuid[]) returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select u.id from auth.users as u where u.id = any (p_user_ids);
$$;

revoke all on function private.existing_users(uuid[]) from public, anon, authenticated, service_role;
grant execute on function private.existing_users(uuid[]) to service_role;

-- All a calculation needs in one round trip, for one user or a batch: the allowance, and per existing user the
-- day, its events by type, and the score rows of the 30 days before it.
create function public.momentum_inputs(
  p_user_ids uuid[],
  p_target_date date,
  p_caller text,
  p_per_minute integer,
  p_burst integer
) returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
declare
  v_wait_ms integer;
  v_users jsonb;
begin
  if cardinality(p_user_ids) not between 1 and 100 then
    raise exception 'from 1 to 100 users at a time' using errcode = '22023';
  end if;
  v_wait_ms := private.take_allowance(p_caller, p_per_minute, p_burst, cardinality(p_user_ids));
  if v_wait_ms is not null then
    return jsonb_build_object('retry_after_ms', v_wait_ms);
  end if;

  select coalesce(jsonb_agg(jsonb_build_object(
    'user_id', known.user_id,
    'time_zone', p.time_zone,
    'score_date', day.score_date,
    'events', coalesce(events.counts, '[]'),
    'history', coalesce(history.days, '[]')
  )), '[]')
  into v_users
  from private.existing_users(p_user_ids) as known (user_id)
  left join public.notification_preferences as p on p.user_id = known.user_id
  cross join lateral (
    select
      coalesce(p.time_zone, 'UTC') as time_zone,
      coalesce(p_target_date, (now() at time zone coalesce(p.time_zone, 'UTC'))::date) as score_date
  ) as day
  left join lateral (
    select jsonb_agg(jsonb_build_array(e.event_type, e.count)) as counts
    from (
      select of_day.event_type, count(*) as count
      from (
        select ev.event_type
        from public.engagement_events as ev
        where ev.user_id = known.user_id
          -- Zones lie between UTC - 12 h and UTC + 14 h: the range for the index, the zone's own date to decide.
          and ev.occurred_at >= (day.score_date::timestamp at time zone 'UTC') - interval '14 hours'
          and ev.occurred_at < (day.score_date::timestamp at time zone 'UTC') + interval '36 hours'
          and (ev.occurred_at at time zone day.time_zone)::date = day.score_date
        order by ev.occurred_at
        -- More than anybody does in a day; bounds what one user can make the calculator read.
        limit 10000
      ) as of_day
      group by of_day.event_type
    ) as e
  ) as events on true
  left join lateral (
    select jsonb_agg(jsonb_build_array(s.score_date, s.final_score, s.momentum_state) order by s.score_date desc) as days
    from public.daily_engagement_scores as s
    where s.user_id = known.user_id
      and s.score_date >= day.score_date - 30
      and s.score_date < day.score_date
  ) as history on true;

  return jsonb_build_object('retry_after_ms', null, 'read_at', statement_timestamp(), 'users', v_users);
end;
$$;

revoke all on function public.momentum_inputs(uuid[], date, text, integer, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.momentum_inputs(uuid[], date, text, integer, integer) to service_role;
