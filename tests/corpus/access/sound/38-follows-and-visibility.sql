-- Followers asked for and accepted, posts by visibility; profiles are for everybody signed in, and declared so.
-- public: public.profiles

create extension if not exists citext schema extensions;
create table public.profiles (user_id uuid primary key references auth.users on delete cascade, handle extensions.citext unique not null check (handle ~ '^[a-z0-9_]{3,20}$'), bio text, is_private boolean not null default true);
create table public.follows (follower uuid references public.profiles on delete cascade, followee uuid references public.profiles on delete cascade, accepted boolean not null default false, primary key (follower, followee), check (follower <> followee));
create table public.posts (id uuid primary key default gen_random_uuid(), author uuid not null references public.profiles default auth.uid(), content text not null check (length(content) <= 280), visibility text not null default 'followers' check (visibility in ('public','followers','me')), created_at timestamptz default now());
create table public.likes (user_id uuid references public.profiles, post_id uuid references public.posts on delete cascade, primary key (user_id, post_id));
create table public.blocks (blocker uuid references public.profiles, blocked uuid references public.profiles, primary key (blocker, blocked));
create function public.can_see(p public.posts) returns boolean language sql stable security definer set search_path = '' as $$
 select p.author = auth.uid() or p.visibility = 'public' or (p.visibility = 'followers' and exists (select 1 from public.follows f where f.follower = auth.uid() and f.followee = p.author and f.accepted)) $$;
revoke execute on function public.can_see(public.posts) from public, anon; grant execute on function public.can_see(public.posts) to authenticated;
alter table profiles enable row level security; alter table follows enable row level security; alter table posts enable row level security; alter table likes enable row level security; alter table blocks enable row level security;
create policy p1 on profiles for select to authenticated using (true);
create policy p2 on profiles for update to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy f1 on follows for select to authenticated using (auth.uid() in (follower, followee));
create policy f2 on follows for insert to authenticated with check (follower = auth.uid() and not accepted);
create policy f3 on follows for update to authenticated using (followee = auth.uid()) with check (followee = auth.uid());
create policy f4 on follows for delete to authenticated using (auth.uid() in (follower, followee));
create policy po1 on posts for select to authenticated using (public.can_see(posts));
create policy po2 on posts for insert to authenticated with check (author = auth.uid());
create policy po3 on posts for update to authenticated using (author = auth.uid()) with check (author = auth.uid());
create policy po4 on posts for delete to authenticated using (author = auth.uid());
create policy l1 on likes to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid() and exists (select 1 from posts where posts.id = post_id));
create policy b1 on blocks to authenticated using (blocker = auth.uid()) with check (blocker = auth.uid());
grant select, update (bio, is_private) on profiles to authenticated; grant select, insert, delete on follows, likes, blocks to authenticated; grant update (accepted) on follows to authenticated; grant select, insert, update, delete on posts to authenticated;
