drop policy "Posts are visible to author" on public.posts;
create policy "Posts are visible to all members" on public.posts for select to authenticated using (author is not null);
