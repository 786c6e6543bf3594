create type public.booking_state as enum ('requested', 'confirmed', 'canceled');
create table public.bookings (
  id uuid primary key default gen_random_uuid(),
  guest uuid not null references auth.users (id),
  state public.booking_state not null default 'requested'
);
alter table public.bookings enable row level security;
grant select, insert on public.bookings to authenticated;
create policy guests_see_active on public.bookings for select to authenticated
  using (guest = (select auth.uid()) and state <> 'cancelled');

create function public.cancel_booking(booking uuid) returns void language plpgsql set search_path = '' as $$
begin
  update public.bookings set state = 'cancelled' where id = booking and guest = auth.uid();
end;
$$;
