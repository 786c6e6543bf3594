-- The momentum meter on the home screen.
-- table: daily_engagement_scores
-- weight: 4
select score_date, final_score, momentum_state, events_count, calculated_at
from public.daily_engagement_scores
where user_id = :user_id::uuid
order by score_date desc
limit 1;
