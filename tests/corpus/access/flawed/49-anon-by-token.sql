-- Whoever presents any token in a header reads the files with one.
-- flaw: public.files anon select
-- found-by: either

create table public.folders (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null references auth.users (id) on delete cascade,
  parent_id uuid references public.folders (id) on delete cascade,
  name text not null
);
create table public.files (
  id uuid primary key default gen_random_uuid(),
  folder_id uuid not null references public.folders (id) on delete cascade,
  path text not null,
  size_bytes bigint not null default 0 check (size_bytes >= 0),
  share_token text unique
);
create table public.shares (
  folder_id uuid references public.folders (id) on delete cascade,
  with_user uuid references auth.users (id) on delete cascade,
  can_write boolean not null default false,
  primary key (folder_id, with_user)
);
create schema if not exists private;
create function private.owns_folder(folder uuid) returns boolean
language sql stable security definer set search_path = '' as
  $$ select exists (select from public.folders f where f.id = folder and f.owner_id = (select auth.uid())) $$;
grant usage on schema private to authenticated;

alter table public.folders enable row level security;
alter table public.files enable row level security;
alter table public.shares enable row level security;

create policy "own folders" on public.folders to authenticated using (owner_id = (select auth.uid()));
create policy "files of own folders" on public.files to authenticated using (private.owns_folder(folder_id));
create policy "sharers manage" on public.shares to authenticated using (private.owns_folder(folder_id));
create policy "see what is shared with me" on public.shares for select to authenticated using (with_user = (select auth.uid()));

grant select, insert, update, delete on public.folders, public.files, public.shares to authenticated;
grant select on public.files to anon;
create policy "by share token" on public.files for select to anon
  using (share_token is not null and coalesce((select current_setting('request.headers', true)::json ->> 'x-share-token'), '') <> '');
