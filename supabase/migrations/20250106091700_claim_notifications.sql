-- Writes down what is about to be sent, and answers with the ids that may be. A user who got a row since the
-- decision was read is left out: a concurrent run was faster, and deciding again is cheaper than sending twice.
-- The minute is for a run that had its row written but not committed at that time; gaps between two notifications
-- of a user are longer than that.
create function public.claim_notifications(p_notifications jsonb, p_interventions jsonb, p_read_at timestamptz)
returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
declare
  v_claimed uuid[];
  v_interventions integer;
begin
  -- Per user and in one order, so that two runs take turns and never wait for each other.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('notify:' || who.user_id, 0))
  from (
    select distinct (n ->> 'user_id') as user_id
    from jsonb_array_elements(p_notifications || p_interventions) as n
    order by 1
  ) as who;

  with claimed as (
    insert into public.momentum_notifications (
      id, user_id, type, trigger_date, trigger_score, trigger_state, title, body, action, created_at
    )
    select
      n.id, n.user_id, n.type, n.trigger_date, n.trigger_score, n.trigger_state, n.title, n.body, n.action,
      clock_timestamp()
    from jsonb_to_recordset(p_notifications) as n (
      id uuid, user_id uuid, type text, trigger_date date, trigger_score numeric, trigger_state text, title text,
      body text, action jsonb
    )
    where not exists (
        select from public.momentum_notifications as newer
        where newer.user_id = n.user_id and newer.created_at > p_read_at - interval '1 minute'
      )
      and n.user_id in (select private.existing_users(array[n.user_id]))
    returning id
  )
  select coalesce(array_agg(id), '{}') into v_claimed from claimed;

  insert into public.coach_interventions (user_id, type, trigger_date, streak_start, streak_days)
  select i.user_id, i.type, i.trigger_date, i.streak_start, i.streak_days
  from jsonb_to_recordset(p_interventions) as i (
    user_id uuid, type text, trigger_date date, streak_start date, streak_days smallint
  )
  where not exists (
      select from public.coach_interventions as newer
      where newer.user_id = i.user_id and newer.created_at > p_read_at - interval '1 minute'
    )
    and i.user_id in (select private.existing_users(array[i.user_id]))
  on conflict (user_id, type, trigger_date) do nothing;
  get diagnostics v_interventions = row_count;

  return jsonb_build_object('claimed', to_jsonb(v_claimed), 'interventions', v_interventions);
end;
$$;

revoke all on function public.claim_notifications(jsonb, jsonb, timestamptz)
  from public, anon, authenticated, service_role;
grant execute on function public.claim_notifications(jsonb, jsonb, timestamptz) to service_role;
