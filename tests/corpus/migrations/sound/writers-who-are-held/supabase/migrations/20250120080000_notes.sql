create table public.notes (
  id uuid primary key default gen_random_uuid(),
  author uuid not null default auth.uid(),
  title text not null
);
create table public.tags (name text primary key);
create table public.votes (
  user_id uuid not null references auth.users (id),
  choice int not null,
  primary key (user_id)
);
create table public.staff_notes (
  id uuid primary key default gen_random_uuid(),
  author uuid not null default auth.uid(),
  body text not null
);
alter table public.notes enable row level security;
alter table public.tags enable row level security;
alter table public.votes enable row level security;
alter table public.staff_notes enable row level security;
create function public.is_staff() returns boolean language sql stable set search_path = ''
as $$ select coalesce((select auth.jwt()) -> 'app_metadata' ->> 'role' = 'staff', false) $$;
create function public.sign_vote() returns trigger language plpgsql set search_path = ''
as $$ begin new.user_id := auth.uid(); return new; end $$;
create trigger signed before insert on public.votes for each row execute function public.sign_vote();
create policy add on public.notes for insert to authenticated with check (length(title) > 2);
create policy add on public.tags for insert to authenticated with check (auth.role() = 'authenticated' and name <> '');
create policy vote on public.votes for insert to authenticated with check (choice between 1 and 3);
create policy note on public.staff_notes for insert to authenticated with check (public.is_staff());
grant insert (title) on public.notes to authenticated;
grant insert on public.tags, public.votes, public.staff_notes to authenticated;
create policy put on storage.objects for insert to authenticated
  with check (bucket_id = 'scans' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy shared on storage.objects for insert to authenticated
  with check (bucket_id = 'scans' and (storage.foldername(name))[1] = 'shared' and auth.role() = 'authenticated');
