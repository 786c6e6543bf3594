create function public.count_rows(tab text, since date) returns bigint language plpgsql set search_path = '' as $$
declare
  total bigint;
begin
  execute 'select count(*) from ' || tab || ' where day >= $1' into total using since;
  return total;
end $$;
create function public.count_quoted(tab text) returns bigint language plpgsql set search_path = '' as $$
declare
  total bigint;
begin
  execute format('select count(*) from public.%I', tab) into total;
  return total;
end $$;
