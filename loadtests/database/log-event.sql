-- What the app writes most.
-- table: engagement_events
-- weight: 5
insert into public.engagement_events (user_id, event_type, idempotency_key, occurred_at, value)
values (:user_id::uuid, 'app_session', gen_random_uuid()::text, now(), '{}')
on conflict (user_id, idempotency_key) do nothing;
