-- What became of the app's notifications since $1: accepted by FCM, not delivered. Tokens that FCM no longer knows (the
-- app is gone from the device) are no valid ones. Who is about to be sent one has 15 minutes.
select
  count(*) filter (where n.status in ('sent', 'delivered', 'opened'))::int as accepted,
  count(*) filter (where n.status in ('delivered', 'opened'))::int as delivered,
  count(*) filter (where n.status = 'failed' and n.error ~ '(UNREGISTERED|SENDER_ID_MISMATCH|404 NOT_FOUND)')::int as gone,
  count(*) filter (
    where n.status = 'failed' and coalesce(n.error, '') !~ '(UNREGISTERED|SENDER_ID_MISMATCH|404 NOT_FOUND)'
  )::int as failed,
  count(*) filter (where n.status = 'unknown')::int as lost,
  count(*) filter (where n.status = 'pending' and n.created_at < now() - interval '15 minutes')::int as stuck,
  coalesce((
    select jsonb_object_agg(r.error, r.times)
    from (
      select coalesce(f.error, 'without a reason') as error, count(*) as times
      from public.momentum_notifications as f
      where f.status = 'failed' and f.created_at >= $1::timestamptz
      group by 1 order by 2 desc limit 5
    ) as r
  ), '{}') as reasons,
  now() as now
from public.momentum_notifications as n
where n.created_at >= $1::timestamptz
