create table public.notes (
  id uuid primary key,
  author uuid not null references auth.users (id),
  title text,
  created_at timestamptz not null default now()
);
alter table public.notes enable row level security;
grant select, insert, update, delete on public.notes to authenticated;
create function public.rename_note(note uuid, name text) returns void language plpgsql set search_path = '' as $$
begin
  update public.notes set titel = name where id = note;
  insert into public.notes (id, author, text) values (note, auth.uid(), name);
end $$;
