create table public.notes (
  id uuid primary key,
  author uuid not null references auth.users (id),
  title text,
  created_at timestamptz not null default now()
);
alter table public.notes enable row level security;
grant select, insert, update, delete on public.notes to authenticated;
create function private_call() returns bigint language plpgsql as $$
begin
  return net.http_post(
    url := 'https://your-project-ref.supabase.co/rest/v1/rpc/tick',
    headers := '{"apikey": "YOUR_ANON_KEY"}'::jsonb);
end $$;
select net.http_get('http://localhost:54321/rest/v1/');
