-- What became of claimed notifications, and which tokens FCM no longer knows. Repeatable.
create function public.record_notification_outcomes(p_outcomes jsonb, p_dead_tokens jsonb)
returns void
language plpgsql
security invoker
set search_path = ''
as $$
begin
  update public.momentum_notifications as n
  set status = o.status,
      message_id = o.message_id,
      error = o.error,
      sent_at = case when o.status = 'sent' then now() end
  from jsonb_to_recordset(p_outcomes) as o (id uuid, status text, message_id text, error text)
  -- The app may have been faster: its receipt stays (private.follow_notification_receipt).
  where n.id = o.id and n.sent_at is null and n.status <> 'failed' and o.status in ('sent', 'failed', 'unknown');

  update public.user_fcm_tokens as t
  set is_active = false,
      deactivated_reason = d.reason
  from jsonb_to_recordset(p_dead_tokens) as d (id uuid, token text, reason text)
  -- By its text too: the row may hold a newer token by now.
  where t.id = d.id and t.token = d.token and t.is_active;
end;
$$;

revoke all on function public.record_notification_outcomes(jsonb, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.record_notification_outcomes(jsonb, jsonb) to service_role;
