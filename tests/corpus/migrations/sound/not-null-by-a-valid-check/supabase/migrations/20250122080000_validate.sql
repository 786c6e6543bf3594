alter table public.notes validate constraint slug_set;
