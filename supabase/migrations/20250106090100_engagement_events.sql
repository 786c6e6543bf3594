-- What users did. Append-only: nobody updates or deletes through the API; rows go with their user.
create table public.engagement_events (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  occurred_at timestamptz not null default now(),
  event_type text not null,
  value jsonb not null default '{}',
  -- Made by the device when the event happens, so that a replayed offline queue counts once.
  idempotency_key text not null default gen_random_uuid()::text,
  created_at timestamptz not null default now(),
  constraint engagement_events_event_type_form check (event_type ~ '^[a-z][a-z0-9_]{0,63}$'),
  constraint engagement_events_value_size check (octet_length(value::text) <= 8192),
  constraint engagement_events_idempotency_key_size check (char_length(idempotency_key) between 1 and 200),
  constraint engagement_events_idempotency_key_once unique (user_id, idempotency_key)
);

-- A day of one user, with what the score needs from it.
create index engagement_events_user_day on public.engagement_events (user_id, occurred_at) include (event_type);

alter table public.engagement_events enable row level security;

revoke all on table public.engagement_events from anon, authenticated, service_role;
grant select on table public.engagement_events to authenticated;
grant insert (id, user_id, occurred_at, event_type, value, idempotency_key)
  on table public.engagement_events to authenticated;
grant select, insert on table public.engagement_events to service_role;

create policy "users read their own events" on public.engagement_events
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "users add their own events" on public.engagement_events
  for insert to authenticated
  with check (user_id = (select auth.uid()));
