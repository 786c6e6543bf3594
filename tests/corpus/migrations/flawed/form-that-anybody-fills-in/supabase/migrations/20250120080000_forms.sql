create table public.visits (at timestamptz primary key default now(), page text);
create table public.replies (at timestamptz primary key default now(), user_id uuid, page text);
alter table public.visits enable row level security;
alter table public.replies enable row level security;
create policy add on public.visits for insert to anon with check (true);
create policy add on public.replies for insert to anon with check (true);
grant insert on public.visits, public.replies to anon;
