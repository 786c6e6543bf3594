create table public.notes (
  id uuid primary key,
  author uuid not null references auth.users (id),
  title text,
  created_at timestamptz not null default now()
);
alter table public.notes enable row level security;
grant select, insert, update, delete on public.notes to authenticated;
alter database postgres set app.service_url = 'https://api.bee.app';
create function public.tick() returns bigint language plpgsql set search_path = '' as $$
begin
  return net.http_post(url := current_setting('app.service_url') || '/functions/v1/tick');
end $$;
