set local lock_timeout = '3s';
alter table public.people add column if not exists display_name text;
create function public.keep_names_equal() returns trigger language plpgsql set search_path = '' as $$
begin
  new.display_name := coalesce(new.display_name, new.name);
  return new;
end $$;
create trigger keep_names_equal before insert or update on public.people for each row execute function public.keep_names_equal();
