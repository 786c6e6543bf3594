create table public.messages (id uuid primary key, room uuid not null, body text not null);
alter table public.messages enable row level security;
grant select on public.messages to authenticated;
alter publication supabase_realtime add table public.message;
comment on column public.messages.text is 'what was written';
