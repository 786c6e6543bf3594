create table public.posts (id uuid primary key, author uuid not null);
alter table public.posts enable row level security;
grant select on public.posts to authenticated;
create policy "Posts are visible to their author" on public.posts for select to authenticated using (author = (select auth.uid()));
