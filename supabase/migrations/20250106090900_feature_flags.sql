-- Runtime switches the app reads at start, before sign-in: turning a feature off needs no new build.
create table public.feature_flags (
  key text primary key,
  -- Off unless somebody switched it on.
  enabled boolean not null default false,
  value jsonb not null default '{}',
  -- Older apps must treat the feature as off (for key `app`: must ask for an update).
  minimum_app_version text,
  description text not null default '',
  updated_at timestamptz not null default now(),
  constraint feature_flags_key_form check (key ~ '^[a-z][a-z0-9_.]{0,63}$'),
  constraint feature_flags_value_size check (octet_length(value::text) <= 8192),
  constraint feature_flags_minimum_app_version_form
    check (minimum_app_version ~ '^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}$')
);

create trigger feature_flags_touch before update on public.feature_flags
  for each row execute function private.touch_updated_at();

alter table public.feature_flags enable row level security;

revoke all on table public.feature_flags from anon, authenticated, service_role;
grant select on table public.feature_flags to anon, authenticated;
grant select, insert, update, delete on table public.feature_flags to service_role;

create policy "everybody reads the flags" on public.feature_flags
  for select to anon, authenticated
  using (true);
