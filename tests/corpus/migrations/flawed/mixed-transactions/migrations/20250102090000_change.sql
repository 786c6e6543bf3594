alter table public.notes add column tag text;
create index concurrently notes_tag on public.notes (tag);
