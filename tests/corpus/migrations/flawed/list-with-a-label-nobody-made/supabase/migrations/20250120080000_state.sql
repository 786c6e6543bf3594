create type public.state as enum ('open', 'done');
create table public.notes (
  id uuid primary key default gen_random_uuid(),
  author uuid not null default auth.uid(),
  title text not null
);
alter table public.notes enable row level security;
create policy own on public.notes for all to authenticated
  using (author = (select auth.uid())) with check (author = (select auth.uid()));
grant select, insert, update, delete on public.notes to authenticated;
alter table public.notes add column state public.state not null default 'open';
create policy seen on public.notes for select to authenticated using (state = any ('{open, dnoe}'));
create policy kept on public.notes for select to authenticated using (state <> all (array['open', 'shut']));
