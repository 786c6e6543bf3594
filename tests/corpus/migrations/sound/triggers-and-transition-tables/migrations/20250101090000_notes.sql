create table public.notes (
  id uuid primary key,
  author uuid not null references auth.users (id),
  title text,
  created_at timestamptz not null default now()
);
alter table public.notes enable row level security;
grant select, insert, update, delete on public.notes to authenticated;
create table public.audit (
  id bigint generated always as identity primary key,
  note uuid,
  was text,
  is_now text
);
alter table public.audit enable row level security;
grant select, insert, update, delete on public.audit to authenticated;
create function public.log_change() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  new.title := trim(new.title);
  if tg_op = 'UPDATE' and old.title is distinct from new.title then
    insert into public.audit (note, was, is_now) values (new.id, old.title, new.title);
  end if;
  return new;
end $$;
create trigger log_change before insert or update of title on public.notes for each row
  when (new.title is not null) execute function public.log_change();
create function public.log_many() returns trigger language plpgsql set search_path = '' as $$
begin
  insert into public.audit (note, is_now) select id, title from new_rows;
  return null;
end $$;
create trigger log_many after insert on public.notes referencing new table as new_rows
  for each statement execute function public.log_many();
