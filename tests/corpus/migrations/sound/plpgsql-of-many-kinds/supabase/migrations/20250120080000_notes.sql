create table public.notes (
  id uuid primary key default gen_random_uuid(),
  author uuid not null default auth.uid(),
  title text not null
);
alter table public.notes enable row level security;
create policy own on public.notes for all to authenticated
  using (author = (select auth.uid())) with check (author = (select auth.uid()));
grant select, insert, update, delete on public.notes to authenticated;
create function public.walk(inout wanted text, out hits int) language plpgsql set search_path = '' as $$
<<outside>>
declare
  note public.notes%rowtype;
  other public.notes;
  heading public.notes.title%type;
  pointer cursor (who uuid) for select n.* from public.notes n where n.author = who;
  one record;
begin
  hits := 0;
  update public.notes n set title = wanted where n.title is null returning n.id, n.title into note.id, heading;
  for one in pointer(auth.uid()) loop
    continue when one.title = wanted;
    hits := hits + 1;
    exit outside when hits > 9;
  end loop;
  foreach wanted in array array['a', 'b'] loop
    raise notice '% of %%', wanted using hint = 'none';
  end loop;
  begin
    select n.* into strict other from public.notes n;
  exception
    when no_data_found or too_many_rows then null;
  end;
end outside $$;
create procedure public.sweep() language plpgsql as $$
begin
  delete from public.notes where title = '';
  commit;
end $$;
