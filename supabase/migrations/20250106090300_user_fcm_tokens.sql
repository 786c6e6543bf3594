-- Where a user's push notifications go: one token per user and platform.
create table public.user_fcm_tokens (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  platform text not null,
  token text not null,
  is_active boolean not null default true,
  deactivated_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint user_fcm_tokens_platform_known check (platform in ('android', 'ios', 'web')),
  constraint user_fcm_tokens_token_form check (token ~ '^[!-~]+$' and char_length(token) between 16 and 2048),
  constraint user_fcm_tokens_one_per_platform unique (user_id, platform),
  -- A device belongs to whoever signed in on it last; nobody else's messages may reach it.
  constraint user_fcm_tokens_token_once unique (token)
);

-- Definer, because the device's former user owns the row that must go.
create function private.supersede_fcm_token() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from public.user_fcm_tokens as t
   where (t.user_id = new.user_id and t.platform = new.platform) or t.token = new.token;
  return new;
end;
$$;

revoke all on function private.supersede_fcm_token() from public, anon, authenticated, service_role;

create trigger user_fcm_tokens_supersede before insert on public.user_fcm_tokens
  for each row execute function private.supersede_fcm_token();

create trigger user_fcm_tokens_touch before update on public.user_fcm_tokens
  for each row execute function private.touch_updated_at();

alter table public.user_fcm_tokens enable row level security;

revoke all on table public.user_fcm_tokens from anon, authenticated, service_role;
-- Delete: signing out must stop the pushes to that device.
grant select, delete on table public.user_fcm_tokens to authenticated;
grant insert (user_id, platform, token) on table public.user_fcm_tokens to authenticated;
grant select, update, delete on table public.user_fcm_tokens to service_role;

create policy "users read their own tokens" on public.user_fcm_tokens
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "users register their own tokens" on public.user_fcm_tokens
  for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy "users remove their own tokens" on public.user_fcm_tokens
  for delete to authenticated
  using (user_id = (select auth.uid()));
