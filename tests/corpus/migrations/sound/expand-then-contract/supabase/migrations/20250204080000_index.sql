create index concurrently if not exists people_display_name on public.people (display_name);
