-- How often, when and in which time zone. No row means the defaults below.
create table public.notification_preferences (
  user_id uuid primary key default auth.uid() references auth.users (id) on delete cascade,
  notifications_enabled boolean not null default true,
  frequency text not null default 'normal',
  quiet_hours_enabled boolean not null default false,
  -- Wall-clock time of the user's zone; runs over midnight when start > end, never when they are equal.
  quiet_hours_start time(0) not null default '22:00',
  quiet_hours_end time(0) not null default '08:00',
  -- IANA name; also decides which calendar day an event belongs to. Null: the days are UTC's.
  time_zone text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint notification_preferences_frequency_known check (frequency in ('minimal', 'normal', 'frequent')),
  -- Postgres takes 24:00 for a time.
  constraint notification_preferences_quiet_hours_range
    check (quiet_hours_start < '24:00' and quiet_hours_end < '24:00'),
  -- Postgres refuses names it does not know (22023); the pattern keeps out its POSIX spellings.
  constraint notification_preferences_time_zone_known check (
    time_zone is null
    or (
      time_zone ~ '^(UTC|GMT|Etc/GMT[+-][0-9]{1,2}|[A-Z][A-Za-z_]+(/[A-Z][A-Za-z_-]+){1,2})$'
      and char_length(time_zone) <= 64
      and timezone(time_zone, timestamptz '2025-01-01 00:00:00+00') is not null
    )
  )
);

create trigger notification_preferences_touch before update on public.notification_preferences
  for each row execute function private.touch_updated_at();

alter table public.notification_preferences enable row level security;

revoke all on table public.notification_preferences from anon, authenticated, service_role;
grant select on table public.notification_preferences to authenticated;
-- user_id too: an upsert names it in its SET list; the policy keeps the row with its owner.
grant insert (user_id, notifications_enabled, frequency, quiet_hours_enabled, quiet_hours_start, quiet_hours_end, time_zone),
  update (user_id, notifications_enabled, frequency, quiet_hours_enabled, quiet_hours_start, quiet_hours_end, time_zone)
  on table public.notification_preferences to authenticated;
grant select on table public.notification_preferences to service_role;

create policy "users read their own preferences" on public.notification_preferences
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "users set their own preferences" on public.notification_preferences
  for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy "users change their own preferences" on public.notification_preferences
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
