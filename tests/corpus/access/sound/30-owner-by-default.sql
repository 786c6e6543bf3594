-- Anything may be added, but the owner is a default that nobody may write.

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
create table public.reactions (
  id bigint generated always as identity primary key,
  user_id uuid not null default auth.uid() references auth.users (id),
  emoji text not null check (length(emoji) <= 8)
);
alter table public.reactions enable row level security;
create policy "react" on public.reactions for insert to authenticated with check (true);
create policy "see own reactions" on public.reactions for select to authenticated using (user_id = (select auth.uid()));
grant insert (emoji), select on public.reactions to authenticated;
