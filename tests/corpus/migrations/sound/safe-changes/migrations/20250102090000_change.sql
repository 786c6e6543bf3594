alter table public.notes add column pinned boolean not null default false;
alter table public.notes add column seen_at timestamptz default now();
alter table public.notes add constraint short check (length(title) < 100) not valid;
