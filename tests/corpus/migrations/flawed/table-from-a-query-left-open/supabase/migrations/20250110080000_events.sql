create table public.events (
  id bigint generated always as identity primary key,
  user_id uuid not null references auth.users (id),
  kind text not null,
  at timestamptz not null default now()
);
alter table public.events enable row level security;
grant select on public.events to authenticated;
