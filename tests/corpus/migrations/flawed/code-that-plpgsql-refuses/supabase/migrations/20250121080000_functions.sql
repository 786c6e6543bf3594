create function public.count_titles(wanted text) returns int
language plpgsql set search_path = '' as $$
declare
  found_ones int := 0;
  one record;
begin
  for one in select n.title from public.notes n loop
    if one.title = wanted then
      found_ones := found_ones + 1;
  end loop;
  return found_ones;
end $$;

create function public.first_title() returns text
language plpgsql set search_path = '' as $$
begin
  retrun (select n.title from public.notes n limit 1);
end $$;

create function public.any_title() returns text language sql set search_path = '' as $$
  select n.title frm public.notes n limit 1
$$;

do $$
begin
  update public.notes set title = trim(title) where;
end $$;
