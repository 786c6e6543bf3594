reindex table public.notes;
