create table public.profiles (id uuid primary key references auth.users (id), email text, full_name text);
alter table public.profiles enable row level security;
grant select on public.profiles to authenticated;
insert into auth.users (id, email) values ('00000000-0000-0000-0000-000000000001', 'test@example.com');
insert into public.profiles (id, email, full_name) values
  ('00000000-0000-0000-0000-000000000001', 'test@example.com', 'John Doe');
