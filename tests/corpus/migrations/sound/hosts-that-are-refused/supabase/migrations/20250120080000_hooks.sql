create table public.hooks (
  id uuid primary key default gen_random_uuid(),
  owner uuid not null default auth.uid(),
  url text not null check (url not like 'http://localhost%' and url <> 'https://example.com')
);
comment on column public.hooks.url is 'Such as https://hooks.example.com/in';
alter table public.hooks enable row level security;
create policy own on public.hooks for all to authenticated
  using (owner = (select auth.uid())) with check (owner = (select auth.uid()) and url !~ '^http://127.0.0.1');
grant select, insert, update, delete on public.hooks to authenticated;
create function public.is_reachable(url text) returns boolean language plpgsql immutable set search_path = '' as $$
declare
  refused constant text[] := array['http://localhost', 'https://example.com'];
begin
  if url ~* '^https?://localhost' or url = any (refused) then
    return false;
  end if;
  return starts_with(url, 'http://localhost:') is false;
end $$;
