-- The Today feed.
-- table: daily_feed_content
-- weight: 2
select id, content_date, title, summary, topic, content_url
from public.daily_feed_content
order by content_date desc
limit 1;
