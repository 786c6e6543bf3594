-- The partitions are protected, the parent is not.
-- flaw: public.daily_scores authenticated select
-- found-by: either

create table public.daily_scores (
  user_id uuid not null references auth.users (id) on delete cascade,
  day date not null,
  score numeric(5, 2) not null check (score between 0 and 100),
  state text not null default 'steady' check (state in ('rising', 'steady', 'needs_care')),
  primary key (user_id, day)
) partition by range (day);
create table public.daily_scores_2025 partition of public.daily_scores for values from ('2025-01-01') to ('2026-01-01');
create table public.daily_scores_2026 partition of public.daily_scores for values from ('2026-01-01') to ('2027-01-01');
create table public.user_fcm_tokens (
  id bigint generated always as identity primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  token text not null unique,
  platform text not null check (platform in ('ios', 'android', 'web'))
);
create table public.coach_interventions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id),
  message text not null,
  sent_at timestamptz
);
alter table public.daily_scores_2025 enable row level security;
alter table public.daily_scores_2026 enable row level security;
alter table public.user_fcm_tokens enable row level security;
alter table public.coach_interventions enable row level security;

create policy "read own scores" on public.daily_scores for select to authenticated using (user_id = (select auth.uid()));
create policy "own tokens" on public.user_fcm_tokens to authenticated using (user_id = (select auth.uid()));
create policy "read own interventions" on public.coach_interventions for select to authenticated using (user_id = (select auth.uid()));

grant select on public.daily_scores, public.coach_interventions to authenticated;
grant select, insert, update, delete on public.user_fcm_tokens to authenticated;
grant select, insert, update, delete on public.daily_scores, public.coach_interventions to service_role;
