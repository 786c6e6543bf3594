-- The inbox.
-- table: momentum_notifications
-- weight: 2
select id, type, title, body, action, status, created_at
from public.momentum_notifications
order by created_at desc
limit 20;
