vacuum full public.notes;
