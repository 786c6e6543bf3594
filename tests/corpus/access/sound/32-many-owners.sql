-- Owners in an array, and by the mail address of the token.

create table public.tags (
  id bigint generated always as identity primary key,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  name text not null check (name <> ''),
  unique (user_id, name)
);
create table public.notes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  title text not null check (length(title) <= 200),
  body text,
  archived boolean not null default false,
  created_at timestamptz not null default now()
);
create table public.note_tags (
  note_id uuid references public.notes (id) on delete cascade,
  tag_id bigint references public.tags (id) on delete cascade,
  primary key (note_id, tag_id)
);
alter table public.tags enable row level security;
alter table public.notes enable row level security;
alter table public.note_tags enable row level security;

create policy "own tags" on public.tags to authenticated using (user_id = (select auth.uid()));
create policy "read own notes" on public.notes for select to authenticated using (user_id = (select auth.uid()));
create policy "add own notes" on public.notes for insert to authenticated with check (user_id = (select auth.uid()));
create policy "change own notes" on public.notes for update to authenticated using (user_id = (select auth.uid()));
create policy "delete own notes" on public.notes for delete to authenticated using (user_id = (select auth.uid()));
create policy "tags of own notes" on public.note_tags to authenticated
  using (exists (select from public.notes n where n.id = note_tags.note_id and n.user_id = (select auth.uid()))
    and exists (select from public.tags t where t.id = note_tags.tag_id and t.user_id = (select auth.uid())));

grant select, insert, update, delete on public.tags, public.note_tags to authenticated;
grant select, insert, update, delete on public.notes to authenticated;
create table public.lists (id bigint generated always as identity primary key, member_ids uuid[] not null, title text);
alter table public.lists enable row level security;
create policy "members" on public.lists for select to authenticated using ((select auth.uid()) = any (member_ids));
grant select on public.lists to authenticated;
create table public.invitations (id bigint generated always as identity primary key, email text not null, list_id bigint references public.lists (id));
alter table public.invitations enable row level security;
create policy "mine by address" on public.invitations for select to authenticated using (email = (select auth.jwt() ->> 'email'));
grant select on public.invitations to authenticated;
