create table if not exists public.notes (id uuid primary key, body text);
create index notes_body on public.notes (body);
