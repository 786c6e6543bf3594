refresh materialized view concurrently public.note_counts;
