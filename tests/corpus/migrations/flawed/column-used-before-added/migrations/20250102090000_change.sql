alter table public.notes add column pinned boolean not null default false;
