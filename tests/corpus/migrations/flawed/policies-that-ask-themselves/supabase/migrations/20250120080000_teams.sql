create table public.members (
  team uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null default 'member',
  primary key (team, user_id)
);
alter table public.members enable row level security;
grant select on public.members to authenticated;

create policy team_members on public.members for select to authenticated using (
  exists (select 1 from public.members m where m.team = members.team and m.user_id = (select auth.uid()))
);

create table public.folders (
  id uuid primary key default gen_random_uuid(),
  owner uuid not null references auth.users (id) on delete cascade
);
create table public.shares (
  folder uuid not null references public.folders (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (folder, user_id)
);
alter table public.folders enable row level security;
alter table public.shares enable row level security;
grant select on public.folders, public.shares to authenticated;

create policy own_or_shared on public.folders for select to authenticated using (
  owner = (select auth.uid())
  or id in (select folder from public.shares where user_id = (select auth.uid()))
);
create policy shares_of_own on public.shares for select to authenticated using (
  folder in (select id from public.folders where owner = (select auth.uid()))
);
