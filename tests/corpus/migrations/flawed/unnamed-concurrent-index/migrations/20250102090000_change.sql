create index concurrently on public.notes (author);
