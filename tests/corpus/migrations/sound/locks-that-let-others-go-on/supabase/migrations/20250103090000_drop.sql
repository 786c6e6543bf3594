drop index concurrently public.notes_author;
