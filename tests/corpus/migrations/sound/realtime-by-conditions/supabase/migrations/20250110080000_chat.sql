create table public.rooms (id uuid primary key default gen_random_uuid(), topic text not null unique);
create table public.room_members (
  room_id uuid references public.rooms (id) on delete cascade,
  user_id uuid references auth.users (id) on delete cascade,
  primary key (room_id, user_id)
);
create index room_members_user on public.room_members (user_id);
alter table public.rooms enable row level security;
alter table public.room_members enable row level security;
grant select on public.rooms, public.room_members to authenticated;
create policy mine on public.room_members for select to authenticated using (user_id = (select auth.uid()));
create policy joined on public.rooms for select to authenticated using (
  exists (select from public.room_members m where m.room_id = rooms.id and m.user_id = (select auth.uid()))
);

do $$
begin
  if not exists (
    select 1 from pg_publication_tables where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'rooms'
  ) then
    alter publication supabase_realtime add table public.rooms;
  end if;
end $$;
alter table public.rooms replica identity full;

create policy "members listen" on realtime.messages for select to authenticated using (
  exists (
    select 1 from public.rooms r join public.room_members m on m.room_id = r.id
    where r.topic = (select realtime.topic()) and m.user_id = (select auth.uid()) and realtime.messages.extension in ('broadcast', 'presence')
  )
);
