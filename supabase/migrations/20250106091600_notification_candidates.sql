-- Walks all users in the order of their ids, so that a batch can be cut anywhere and taken up again.
create function private.users_after(p_after uuid, p_limit integer) returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select u.id from auth.users as u
  where p_after is null or u.id > p_after
  order by u.id
  limit p_limit;
$$;

revoke all on function private.users_after(uuid, integer) from public, anon, authenticated, service_role;
grant execute on function private.users_after(uuid, integer) to service_role;

-- All that deciding on notifications needs, in one round trip: for one user, or for the next users of a batch who
-- have a device to send to or a score of late. `next_after` is null when nobody is left.
create function public.notification_candidates(
  p_user_id uuid,
  p_after uuid,
  p_limit integer,
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
  v_user_ids uuid[];
  v_users jsonb;
begin
  if p_limit not between 1 and 500 then
    raise exception 'from 1 to 500 users at a time' using errcode = '22023';
  end if;
  v_wait_ms := private.take_allowance(p_caller, p_per_minute, p_burst);
  if v_wait_ms is not null then
    return jsonb_build_object('retry_after_ms', v_wait_ms);
  end if;

  if p_user_id is not null then
    v_user_ids := array(select private.existing_users(array[p_user_id]));
  else
    if p_after is null then
      perform private.prune_operational_rows();
    end if;
    v_user_ids := array(select private.users_after(p_after, p_limit));
  end if;

  -- A sender that died left these behind; no run lasts ten minutes.
  update public.momentum_notifications
  set status = 'unknown', error = 'SENDER_LOST'
  where status = 'pending' and created_at < now() - interval '10 minutes';

  select coalesce(jsonb_agg(jsonb_build_object(
    'user_id', u.user_id,
    'preferences', case when p.user_id is not null then jsonb_build_object(
      'notifications_enabled', p.notifications_enabled,
      'frequency', p.frequency,
      'quiet_hours_enabled', p.quiet_hours_enabled,
      'quiet_hours_start', p.quiet_hours_start,
      'quiet_hours_end', p.quiet_hours_end,
      'time_zone', p.time_zone
    ) end,
    'scores', coalesce(scores.days, '[]'),
    'notifications', coalesce(past.notifications, '[]'),
    'interventions', coalesce(interventions.dates, '[]'),
    'tokens', coalesce(devices.tokens, '[]')
  ) order by u.user_id), '[]')
  into v_users
  from unnest(v_user_ids) as u (user_id)
  left join public.notification_preferences as p on p.user_id = u.user_id
  left join lateral (
    select
      jsonb_agg(jsonb_build_array(s.score_date, s.final_score, s.momentum_state) order by s.score_date desc) as days,
      max(s.score_date) as newest
    from (
      select d.score_date, d.final_score, d.momentum_state
      from public.daily_engagement_scores as d
      where d.user_id = u.user_id
      order by d.score_date desc
      limit 7
    ) as s
  ) as scores on true
  left join lateral (
    select jsonb_agg(jsonb_build_array(t.id, t.platform, t.token) order by t.platform) as tokens
    from public.user_fcm_tokens as t
    where t.user_id = u.user_id and t.is_active
  ) as devices on true
  left join lateral (
    select jsonb_agg(jsonb_build_array(n.type, n.trigger_date, n.created_at, n.status)) as notifications
    from public.momentum_notifications as n
    where n.user_id = u.user_id and n.created_at > now() - interval '40 days'
  ) as past on true
  left join lateral (
    select jsonb_agg(i.trigger_date) as dates
    from public.coach_interventions as i
    where i.user_id = u.user_id and i.trigger_date > (now() - interval '40 days')::date
  ) as interventions on true
  where p_user_id is not null
    or devices.tokens is not null
    or scores.newest > (now() - interval '9 days')::date;

  return jsonb_build_object(
    'retry_after_ms', null,
    'read_at', statement_timestamp(),
    'next_after', case
      when p_user_id is null and cardinality(v_user_ids) = p_limit then v_user_ids[p_limit]
    end,
    'found', cardinality(v_user_ids),
    'users', v_users
  );
end;
$$;

revoke all on function public.notification_candidates(uuid, uuid, integer, text, integer, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.notification_candidates(uuid, uuid, integer, text, integer, integer) to service_role;
