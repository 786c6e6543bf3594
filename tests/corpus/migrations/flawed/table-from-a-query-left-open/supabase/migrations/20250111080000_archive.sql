create table public.events_2024 as select * from public.events where at < '2025-01-01';
grant select on public.events_2024 to authenticated;
