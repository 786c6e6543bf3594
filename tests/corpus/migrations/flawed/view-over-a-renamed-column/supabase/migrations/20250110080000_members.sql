create table public.members (
  id uuid primary key,
  fullname text not null,
  points int not null default 0
);
alter table public.members enable row level security;
grant select on public.members to authenticated;
alter table public.members rename column fullname to display_name;
