alter table public.people validate constraint display_name_set;
