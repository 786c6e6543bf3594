reindex (concurrently) table public.notes;
