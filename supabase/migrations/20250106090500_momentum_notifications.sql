-- Every notification that was to be sent: written before it is, so that a crash cannot send it twice.
create table public.momentum_notifications (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  type text not null,
  trigger_date date not null,
  trigger_score numeric(5, 2),
  trigger_state text,
  title text not null,
  body text not null,
  action jsonb not null default '{}',
  -- pending: about to be sent; unknown: the sender died before it heard back, so it may have arrived.
  status text not null default 'pending',
  message_id text,
  -- The sender's code (such as UNREGISTERED), no text from outside.
  error text,
  sent_at timestamptz,
  delivered_at timestamptz,
  opened_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint momentum_notifications_type_known check (
    type in ('consecutive_needs_care', 'score_drop', 'celebration', 'consistency_reminder', 'daily_motivation')
  ),
  constraint momentum_notifications_trigger_score_range check (trigger_score between 0 and 100),
  constraint momentum_notifications_trigger_state_known
    check (trigger_state in ('Rising', 'Steady', 'NeedsCare')),
  constraint momentum_notifications_action_object check (jsonb_typeof(action) = 'object'),
  constraint momentum_notifications_status_known
    check (status in ('pending', 'sent', 'failed', 'unknown', 'delivered', 'opened')),
  constraint momentum_notifications_title_size check (char_length(title) between 1 and 200),
  constraint momentum_notifications_body_size check (char_length(body) between 1 and 1000)
);

create index momentum_notifications_user_recent on public.momentum_notifications (user_id, created_at desc);
create index momentum_notifications_in_flight on public.momentum_notifications (status, created_at)
  where status = 'pending';

-- The app reports delivered and opened, by the time or by the status; the other follows.
create function private.follow_notification_receipt() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.status in ('delivered', 'opened') then
    new.delivered_at := coalesce(new.delivered_at, now());
  end if;
  if new.status = 'opened' then
    new.opened_at := coalesce(new.opened_at, now());
  end if;
  if new.opened_at is not null then
    new.status := 'opened';
    new.delivered_at := coalesce(new.delivered_at, new.opened_at);
  elsif new.delivered_at is not null then
    new.status := 'delivered';
  end if;
  new.updated_at := now();
  return new;
end;
$$;

revoke all on function private.follow_notification_receipt() from public, anon, authenticated, service_role;

create trigger momentum_notifications_receipt before update on public.momentum_notifications
  for each row execute function private.follow_notification_receipt();

alter table public.momentum_notifications enable row level security;

revoke all on table public.momentum_notifications from anon, authenticated, service_role;
grant select on table public.momentum_notifications to authenticated;
grant update (status, delivered_at, opened_at) on table public.momentum_notifications to authenticated;
grant select, insert, update on table public.momentum_notifications to service_role;

create policy "users read their own notifications" on public.momentum_notifications
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "users report their own notifications as seen" on public.momentum_notifications
  for update to authenticated
  using (user_id = (select auth.uid()) and status <> 'failed')
  with check (user_id = (select auth.uid()) and status in ('delivered', 'opened'));
