-- Membership asks itself through a function with its owner's rights, which asks for the caller.

create type public.team_role as enum ('owner', 'editor', 'viewer');
create table public.teams (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  created_at timestamptz not null default now()
);
create table public.team_members (
  team_id uuid not null references public.teams (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.team_role not null default 'viewer',
  primary key (team_id, user_id)
);
create table public.documents (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null references public.teams (id) on delete cascade,
  title text not null,
  content jsonb not null default '{}'
);
create table public.comments (
  id bigint generated always as identity primary key,
  document_id uuid not null references public.documents (id) on delete cascade,
  author_id uuid not null references auth.users (id) on delete cascade,
  body text not null
);
-- Asks team_members past its own policy, which would ask itself again.
create function public.is_member(team uuid) returns boolean
language sql stable security definer set search_path = '' as
  $$ select exists (select from public.team_members m where m.team_id = team and m.user_id = (select auth.uid())) $$;
revoke execute on function public.is_member(uuid) from public, anon;
grant execute on function public.is_member(uuid) to authenticated;

alter table public.teams enable row level security;
alter table public.team_members enable row level security;
alter table public.documents enable row level security;
alter table public.comments enable row level security;

create policy "members see their teams" on public.teams for select to authenticated using (public.is_member(id));
create policy "members see each other" on public.team_members for select to authenticated using (public.is_member(team_id));
create policy "members read documents" on public.documents for select to authenticated using (public.is_member(team_id));
create policy "editors write documents" on public.documents for update to authenticated
  using (exists (select from public.team_members m where m.team_id = documents.team_id and m.user_id = (select auth.uid()) and m.role in ('owner', 'editor')));
create policy "members read comments" on public.comments for select to authenticated
  using (exists (select from public.documents d where d.id = comments.document_id and public.is_member(d.team_id)));
create policy "members comment" on public.comments for insert to authenticated
  with check (author_id = (select auth.uid()) and exists (select from public.documents d where d.id = comments.document_id and public.is_member(d.team_id)));

grant select on public.teams to authenticated;
grant select on public.team_members to authenticated;
grant select, update (title, content) on public.documents to authenticated;
grant select, insert on public.comments to authenticated;
