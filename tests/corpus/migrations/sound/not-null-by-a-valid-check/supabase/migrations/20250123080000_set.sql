alter table public.notes alter column slug set not null;
alter table public.notes drop constraint slug_set;
