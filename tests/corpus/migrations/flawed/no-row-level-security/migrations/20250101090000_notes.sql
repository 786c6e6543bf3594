create table public.notes (id uuid primary key);
grant select on public.notes to authenticated;
