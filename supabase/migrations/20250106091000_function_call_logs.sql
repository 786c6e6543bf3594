-- How long the edge functions took and whether they succeeded; no user may read or write it.
create table public.function_call_logs (
  id bigint generated always as identity primary key,
  function_name text not null,
  user_id uuid references auth.users (id) on delete cascade,
  execution_time_ms integer not null,
  success boolean not null,
  -- A public error code such as `database_unavailable`, never a message from inside.
  error_message text,
  created_at timestamptz not null default now(),
  constraint function_call_logs_function_name_form check (function_name ~ '^[a-z][a-z0-9-]{0,63}$'),
  constraint function_call_logs_execution_time_range check (execution_time_ms >= 0),
  constraint function_call_logs_error_message_size check (char_length(error_message) <= 200)
);

create index function_call_logs_function_recent on public.function_call_logs (function_name, created_at desc);
create index function_call_logs_user on public.function_call_logs (user_id);

alter table public.function_call_logs enable row level security;

revoke all on table public.function_call_logs from anon, authenticated, service_role;
revoke all on sequence public.function_call_logs_id_seq from anon, authenticated, service_role;
grant select, insert, delete on table public.function_call_logs to service_role;
