create table public.notes (
  id uuid primary key,
  author uuid not null references auth.users (id),
  title text,
  created_at timestamptz not null default now()
);
alter table public.notes enable row level security;
grant select, insert, update, delete on public.notes to authenticated;
create function public.sync() returns trigger language plpgsql set search_path = '' as $$
begin
  perform net.http_post(url := 'https://api.bee.app/functions/v1/batch-events', body := to_jsonb(new));
  return new;
end $$;
create trigger sync after insert on public.notes for each row execute function public.sync();
select cron.schedule('sweep', '0 3 * * *', $$ select net.http_post(url := 'https://api.bee.app/functions/v1/swep') $$);
