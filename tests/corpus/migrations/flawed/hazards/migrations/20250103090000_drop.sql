drop table public.people;
truncate public.notes;
