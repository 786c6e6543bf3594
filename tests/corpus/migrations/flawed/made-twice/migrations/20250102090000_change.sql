create table public.notes (id uuid primary key);
create policy own on public.notes for select to authenticated using (author = (select auth.uid()));
