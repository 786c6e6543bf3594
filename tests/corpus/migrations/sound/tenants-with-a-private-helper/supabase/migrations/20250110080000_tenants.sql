create schema if not exists private;
grant usage on schema private to authenticated;

create type public.member_role as enum ('owner', 'editor', 'viewer');
create table public.tenants (id uuid primary key default gen_random_uuid(), name text not null);
create table public.memberships (
  tenant_id uuid not null references public.tenants (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.member_role not null default 'viewer',
  primary key (tenant_id, user_id)
);
create index on public.memberships (user_id);

create function private.my_tenants(roles public.member_role[] default '{owner,editor,viewer}') returns setof uuid
language sql stable security definer set search_path = '' as $$
  select m.tenant_id from public.memberships m where m.user_id = (select auth.uid()) and m.role = any (roles)
$$;

alter table public.tenants enable row level security;
alter table public.memberships enable row level security;
create policy read_own on public.tenants for select to authenticated using (id in (select private.my_tenants()));
create policy rename_own on public.tenants for update to authenticated
  using (id in (select private.my_tenants('{owner}'))) with check (id in (select private.my_tenants('{owner}')));
create policy read_own on public.memberships for select to authenticated using (user_id = (select auth.uid()));
grant select, update on public.tenants to authenticated;
grant select on public.memberships to authenticated;
