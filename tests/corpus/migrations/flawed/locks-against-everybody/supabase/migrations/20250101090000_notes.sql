create domain public.mood as text;
create table public.notes (id bigint primary key, mood public.mood, author uuid);
alter table public.notes enable row level security;
grant select on public.notes to authenticated;
create index notes_author on public.notes (author);
create materialized view public.note_counts as select author, count(*) as notes from public.notes group by author;
