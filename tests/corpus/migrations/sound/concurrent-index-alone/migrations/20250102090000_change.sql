create index concurrently notes_author on public.notes (author);
