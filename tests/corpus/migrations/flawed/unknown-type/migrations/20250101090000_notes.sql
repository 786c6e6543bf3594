create table public.tasks (
  id uuid primary key,
  state task_state not null
);
alter table public.tasks enable row level security;
grant select, insert, update, delete on public.tasks to authenticated;
