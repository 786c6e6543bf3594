alter table public.notes
  add constraint slug_set check (slug is not null and slug <> '') not valid;
