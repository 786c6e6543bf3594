-- The settings screen.
-- table: notification_preferences
-- weight: 1
select notifications_enabled, frequency, quiet_hours_enabled, time_zone
from public.notification_preferences
where user_id = :user_id::uuid;
