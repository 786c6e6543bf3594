-- A function with its owner's rights that reads no table.

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  username text not null unique check (username ~ '^[a-z0-9_]{3,30}$'),
  bio text,
  avatar_url text,
  created_at timestamptz not null default now()
);
create table public.posts (
  id bigint generated always as identity primary key,
  author_id uuid not null references public.profiles (id) on delete cascade,
  title text not null,
  body text not null default '',
  published boolean not null default false,
  deleted_at timestamptz
);
create table public.likes (
  post_id bigint references public.posts (id) on delete cascade,
  user_id uuid references public.profiles (id) on delete cascade,
  primary key (post_id, user_id)
);
alter table public.profiles enable row level security;
alter table public.posts enable row level security;
alter table public.likes enable row level security;

create policy "own profile" on public.profiles for select to authenticated using (id = (select auth.uid()));
create policy "make own profile" on public.profiles for insert to authenticated with check (id = (select auth.uid()));
create policy "change own profile" on public.profiles for update to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));
create policy "published posts are for all" on public.posts for select to anon, authenticated using (published and deleted_at is null);
create policy "authors see their own" on public.posts for select to authenticated using (author_id = (select auth.uid()));
create policy "authors write" on public.posts for insert to authenticated with check (author_id = (select auth.uid()));
create policy "authors change" on public.posts for update to authenticated using (author_id = (select auth.uid()));
create policy "own likes" on public.likes to authenticated using (user_id = (select auth.uid()));

grant select, insert, update on public.profiles to authenticated;
grant select on public.posts to anon;
grant select, insert, update on public.posts to authenticated;
grant select, insert, delete on public.likes to authenticated;
create function public.clean_username(raw text) returns text language sql immutable security definer set search_path = '' as
  $$ select lower(regexp_replace(raw, '[^a-zA-Z0-9_]', '', 'g')) $$;
