create schema private;

create table public.members (
  team uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null default 'member',
  primary key (team, user_id)
);
alter table public.members enable row level security;
grant select, insert on public.members to authenticated;

create function private.my_teams() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select m.team from public.members m where m.user_id = auth.uid()
$$;
grant usage on schema private to authenticated;

create policy team_members on public.members for select to authenticated using (team in (select private.my_teams()));

-- A policy for writing asks the one for reading, which does not ask back.
create policy owners_add on public.members for insert to authenticated with check (
  exists (
    select 1 from public.members m
    where m.team = members.team and m.user_id = (select auth.uid()) and m.role = 'owner'
  )
);

create table public.notes (
  id uuid primary key default gen_random_uuid(),
  team uuid not null,
  body text not null
);
alter table public.notes enable row level security;
grant select on public.notes to authenticated;

-- Of the first try nothing is left.
create policy team_notes on public.notes for select to authenticated using (
  team in (select n.team from public.notes n)
);
drop policy team_notes on public.notes;
create policy team_notes on public.notes for select to authenticated using (
  team in (select m.team from public.members m where m.user_id = (select auth.uid()))
);
