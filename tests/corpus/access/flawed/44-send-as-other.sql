-- Members send messages in the name of others.
-- flaw: public.messages authenticated insert
-- found-by: probe

create table public.rooms (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  is_private boolean not null default true
);
create table public.room_members (
  room_id uuid references public.rooms (id) on delete cascade,
  user_id uuid references auth.users (id) on delete cascade,
  joined_at timestamptz not null default now(),
  primary key (room_id, user_id)
);
create table public.messages (
  id bigint generated always as identity primary key,
  room_id uuid not null references public.rooms (id) on delete cascade,
  sender_id uuid not null default auth.uid() references auth.users (id),
  body text not null check (body <> ''),
  sent_at timestamptz not null default now()
);
create schema if not exists private;
create function private.my_rooms() returns setof uuid
language sql stable security definer set search_path = '' as
  $$ select room_id from public.room_members where user_id = (select auth.uid()) $$;
grant usage on schema private to authenticated;

alter table public.rooms enable row level security;
alter table public.room_members enable row level security;
alter table public.messages enable row level security;

create policy "rooms one is in" on public.rooms for select to authenticated using (id in (select private.my_rooms()));
create policy "members of own rooms" on public.room_members for select to authenticated using (room_id in (select private.my_rooms()));
create policy "messages of own rooms" on public.messages for select to authenticated using (room_id in (select private.my_rooms()));
create policy "send to own rooms" on public.messages for insert to authenticated with check (room_id in (select private.my_rooms()));

grant select on public.rooms, public.room_members to authenticated;
grant select, insert on public.messages to authenticated;
