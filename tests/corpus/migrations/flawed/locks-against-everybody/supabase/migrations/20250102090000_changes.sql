drop index public.notes_author;
alter domain public.mood add constraint mood_short check (length(value) < 20);
lock table public.notes in access exclusive mode;
cluster public.notes using notes_pkey;
refresh materialized view public.note_counts;
alter table public.notes set unlogged;
