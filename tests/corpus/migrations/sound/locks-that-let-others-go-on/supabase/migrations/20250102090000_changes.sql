alter domain public.mood add constraint mood_short check (length(value) < 20) not valid;
lock table public.notes in share update exclusive mode;
