update public.people set display_name = name where display_name is null;
alter table public.people add constraint display_name_set check (display_name is not null) not valid;
