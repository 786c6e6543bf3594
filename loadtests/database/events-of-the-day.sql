-- The list of the day; whose events they are is left to the policies.
-- table: engagement_events
-- weight: 2
select event_type, occurred_at, value
from public.engagement_events
where occurred_at >= date_trunc('day', now())
order by occurred_at desc
limit 100;
