alter table public.notes drop column title;
create view public.titles with (security_invoker = true) as select id, title from public.notes;
