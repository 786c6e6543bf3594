create table public.notes (
  id uuid primary key default gen_random_uuid(),
  author uuid not null default auth.uid(),
  title text not null
);
create table public.letters (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id),
  body text
);
alter table public.notes enable row level security;
alter table public.letters enable row level security;
create policy remove on public.notes for delete to authenticated using ((select auth.uid()) is not null);
create policy change on public.notes for update using ('authenticated' = (select auth.role()) and auth.uid() is not null);
create policy add on public.notes for insert with check (auth.role() = 'authenticated' and length(title) > 2);
create policy send on public.letters for insert to authenticated with check (body <> '');
grant select, insert, update, delete on public.notes, public.letters to authenticated;

create policy put on storage.objects for insert to authenticated
  with check (bucket_id = 'scans' and auth.role() = 'authenticated');
create policy clear on storage.objects for delete to authenticated using (bucket_id in ('scans', 'faxes'));
