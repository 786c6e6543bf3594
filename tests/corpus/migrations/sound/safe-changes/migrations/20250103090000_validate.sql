alter table public.notes validate constraint short;
