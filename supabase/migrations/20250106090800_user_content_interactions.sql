-- What users did with the Today feed. Append-only, like the events.
create table public.user_content_interactions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  content_id uuid not null references public.daily_feed_content (id) on delete cascade,
  interaction_type text not null,
  occurred_at timestamptz not null default now(),
  duration_seconds integer,
  idempotency_key text not null default gen_random_uuid()::text,
  created_at timestamptz not null default now(),
  constraint user_content_interactions_type_known
    check (interaction_type in ('view', 'tap', 'open_link', 'share', 'bookmark')),
  constraint user_content_interactions_duration_range check (duration_seconds between 0 and 86400),
  constraint user_content_interactions_idempotency_key_size check (char_length(idempotency_key) between 1 and 200),
  constraint user_content_interactions_idempotency_key_once unique (user_id, idempotency_key)
);

create index user_content_interactions_user_recent
  on public.user_content_interactions (user_id, occurred_at desc);
create index user_content_interactions_content on public.user_content_interactions (content_id);

alter table public.user_content_interactions enable row level security;

revoke all on table public.user_content_interactions from anon, authenticated, service_role;
grant select on table public.user_content_interactions to authenticated;
grant insert (user_id, content_id, interaction_type, occurred_at, duration_seconds, idempotency_key)
  on table public.user_content_interactions to authenticated;
grant select, insert on table public.user_content_interactions to service_role;

create policy "users read their own interactions" on public.user_content_interactions
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "users add their own interactions" on public.user_content_interactions
  for insert to authenticated
  with check (user_id = (select auth.uid()));
