alter table public.notes add constraint short check (length(title) < 100) not valid;
alter table public.notes validate constraint short;
