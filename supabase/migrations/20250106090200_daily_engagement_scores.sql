-- One momentum score per user and day, written by the calculator only.
create table public.daily_engagement_scores (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  -- The user's own calendar day (UTC's, unless their preferences name a time zone).
  score_date date not null,
  raw_score numeric(5, 2) not null,
  final_score numeric(5, 2) not null,
  momentum_state text not null,
  breakdown jsonb not null default '{}',
  events_count integer not null default 0,
  algorithm_version text not null,
  -- When the events behind this row were read; an older reading never overwrites a newer one.
  calculated_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint daily_engagement_scores_raw_score_range check (raw_score between 0 and 100),
  constraint daily_engagement_scores_final_score_range check (final_score between 0 and 100),
  constraint daily_engagement_scores_momentum_state_known
    check (momentum_state in ('Rising', 'Steady', 'NeedsCare')),
  constraint daily_engagement_scores_breakdown_object check (jsonb_typeof(breakdown) = 'object'),
  constraint daily_engagement_scores_events_count_range check (events_count >= 0),
  constraint daily_engagement_scores_algorithm_version_form check (algorithm_version ~ '^v[0-9]+\.[0-9]+$'),
  constraint daily_engagement_scores_one_per_day unique (user_id, score_date)
);

create trigger daily_engagement_scores_touch before update on public.daily_engagement_scores
  for each row execute function private.touch_updated_at();

alter table public.daily_engagement_scores enable row level security;

revoke all on table public.daily_engagement_scores from anon, authenticated, service_role;
grant select on table public.daily_engagement_scores to authenticated;
grant select, insert, update on table public.daily_engagement_scores to service_role;

create policy "users read their own scores" on public.daily_engagement_scores
  for select to authenticated
  using (user_id = (select auth.uid()));
