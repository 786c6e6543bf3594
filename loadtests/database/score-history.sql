-- The chart of the last month.
-- table: daily_engagement_scores
-- weight: 2
select score_date, final_score, momentum_state
from public.daily_engagement_scores
order by score_date desc
limit 30;
