create domain public.percent as numeric(5, 2) check (value between 0 and 100);
create table public.metrics (
  user_id uuid not null references auth.users (id),
  at timestamptz not null default now(),
  load public.percent not null,
  day date generated always as ((at at time zone 'UTC')::date) stored,
  primary key (user_id, at)
) partition by range (at);
alter table public.metrics enable row level security;
grant select on public.metrics to authenticated;
create policy own on public.metrics for select to authenticated using (user_id = (select auth.uid()));
do $$
declare
  month date := date '2025-01-01';
begin
  while month < date '2026-01-01' loop
    execute format('create table if not exists public.metrics_%s partition of public.metrics for values from (%L) to (%L)',
      to_char(month, 'YYYY_MM'), month, month + interval '1 month');
    execute format('alter table public.metrics_%s enable row level security', to_char(month, 'YYYY_MM'));
    month := month + interval '1 month';
  end loop;
end $$;
create view public.daily_load with (security_invoker = true) as
  select user_id, day, avg(load)::numeric(5, 2) as load from public.metrics group by user_id, day;
grant select on public.daily_load to authenticated;
