drop function if exists public.is_mine(uuid) cascade;
create policy mine on public.notes for select to authenticated using (author = (select auth.uid()));
drop table if exists public.notes cascade;
