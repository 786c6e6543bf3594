drop function public.few_titles();
create or replace function public.short_titles() returns setof text language sql set search_path = ''
as $$ select n.title from public.notes n where length(n.title) < 9 $$;
drop function public.titles();
