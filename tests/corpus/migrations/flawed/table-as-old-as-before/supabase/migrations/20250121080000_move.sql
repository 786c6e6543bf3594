alter table public.notes rename to papers;
alter table public.papers set schema attic;
