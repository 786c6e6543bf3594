-- A person should look after this user; scheduled by the notification rules.
create table public.coach_interventions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  type text not null,
  trigger_date date not null,
  -- First day of the streak that called for it, and how long it was.
  streak_start date not null,
  streak_days smallint not null,
  status text not null default 'scheduled',
  scheduled_for timestamptz not null default now(),
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint coach_interventions_type_form check (type ~ '^[a-z][a-z0-9_]{0,63}$'),
  constraint coach_interventions_streak_days_range check (streak_days between 1 and 366),
  constraint coach_interventions_status_known
    check (status in ('scheduled', 'in_progress', 'completed', 'cancelled')),
  constraint coach_interventions_once_per_day unique (user_id, type, trigger_date)
);

create index coach_interventions_open on public.coach_interventions (scheduled_for)
  where status in ('scheduled', 'in_progress');

create trigger coach_interventions_touch before update on public.coach_interventions
  for each row execute function private.touch_updated_at();

alter table public.coach_interventions enable row level security;

revoke all on table public.coach_interventions from anon, authenticated, service_role;
grant select on table public.coach_interventions to authenticated;
grant select, insert, update on table public.coach_interventions to service_role;

create policy "users read their own interventions" on public.coach_interventions
  for select to authenticated
  using (user_id = (select auth.uid()));
