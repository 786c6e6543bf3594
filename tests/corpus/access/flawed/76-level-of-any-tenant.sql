-- The level is asked for without the tenant: who leads one may change the tickets of all.
-- flaw: public.tickets authenticated update
-- found-by: either

create table public.tenants (id uuid primary key default gen_random_uuid(), name text not null);
create table public.tenant_members (tenant_id uuid references public.tenants, user_id uuid references auth.users, role int not null default 10 check (role between 0 and 100), primary key (tenant_id, user_id));
create table public.tickets (id bigint generated always as identity primary key, tenant_id uuid not null references public.tenants, reporter uuid not null references auth.users default auth.uid(), assignee uuid references auth.users, title text not null, priority smallint not null default 3 check (priority between 1 and 5), state text not null default 'open');
create table public.ticket_events (id bigint generated always as identity primary key, ticket_id bigint not null references public.tickets on delete cascade, payload jsonb not null, at timestamptz not null default now());
create function public.my_tenants() returns setof uuid language sql stable security definer set search_path = '' as $$ select tenant_id from public.tenant_members where user_id = auth.uid() $$;
create function public.my_role(t uuid) returns int language sql stable security definer set search_path = '' as $$ select role from public.tenant_members where user_id = auth.uid() and tenant_id = t $$;
revoke execute on function public.my_tenants(), public.my_role(uuid) from public, anon; grant execute on function public.my_tenants(), public.my_role(uuid) to authenticated;
alter table public.tenants enable row level security; alter table public.tenant_members enable row level security; alter table public.tickets enable row level security; alter table public.ticket_events enable row level security;
create policy t on public.tenants for select to authenticated using (id in (select public.my_tenants()));
create policy m on public.tenant_members for select to authenticated using (tenant_id in (select public.my_tenants()));
create policy s on public.tickets for select to authenticated using (tenant_id in (select public.my_tenants()));
create policy i on public.tickets for insert to authenticated with check (tenant_id in (select public.my_tenants()) and reporter = auth.uid());
create policy u on public.tickets for update to authenticated using (exists (select 1 from public.tenant_members m where m.user_id = auth.uid() and m.role >= 5));
create policy d on public.tickets for delete to authenticated using (tenant_id in (select public.my_tenants()) and public.my_role(tenant_id) >= 90);
create policy e on public.ticket_events for select to authenticated using (exists (select 1 from public.tickets t where t.id = ticket_id and t.tenant_id in (select public.my_tenants())));
grant select on public.tenants, public.tenant_members, public.ticket_events to authenticated; grant select, insert, delete, update (title, priority, state) on public.tickets to authenticated;
