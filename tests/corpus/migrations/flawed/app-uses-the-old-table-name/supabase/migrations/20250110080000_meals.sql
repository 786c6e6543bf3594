create table public.food_log (id uuid primary key, user_id uuid not null, eaten_at timestamptz not null);
alter table public.food_log enable row level security;
grant select, insert on public.food_log to authenticated;
alter table public.food_log rename to meals;
