create table public.notes (
  id uuid primary key default gen_random_uuid(),
  author uuid not null default auth.uid(),
  title text not null
);
alter table public.notes enable row level security;
create policy own on public.notes for all to authenticated
  using (author = (select auth.uid())) with check (author = (select auth.uid()));
grant select, insert, update, delete on public.notes to authenticated;

create function public.sounds_like(wanted text) returns setof uuid
language plpgsql set search_path = public, extensions as $$
begin
  return query select n.id from public.notes n where soundex(n.title) = soundex(wanted);
end $$;
create trigger notes_touched before update on public.notes
  for each row execute function extensions.moddatetime(title);
