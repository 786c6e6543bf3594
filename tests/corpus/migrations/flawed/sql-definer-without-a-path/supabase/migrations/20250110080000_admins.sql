create table public.admins (user_id uuid primary key references auth.users (id));
alter table public.admins enable row level security;
grant select on public.admins to authenticated;

create or replace function public.is_admin()
returns boolean
security definer
stable
language sql
as $$ select exists (select 1 from public.admins where user_id = auth.uid()) $$;
