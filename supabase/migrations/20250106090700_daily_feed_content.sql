-- The Today feed: one piece per day, the same for everybody.
create table public.daily_feed_content (
  id uuid primary key default gen_random_uuid(),
  content_date date not null,
  title text not null,
  summary text not null,
  topic text not null,
  content_url text,
  image_url text,
  -- Null while it is a draft.
  published_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint daily_feed_content_one_per_day unique (content_date),
  constraint daily_feed_content_title_size check (char_length(title) between 1 and 200),
  constraint daily_feed_content_summary_size check (char_length(summary) between 1 and 2000),
  constraint daily_feed_content_topic_form check (topic ~ '^[a-z][a-z0-9_]{0,63}$'),
  constraint daily_feed_content_urls_https check (content_url ~ '^https://' and image_url ~ '^https://')
);

create index daily_feed_content_published on public.daily_feed_content (published_at);

create trigger daily_feed_content_touch before update on public.daily_feed_content
  for each row execute function private.touch_updated_at();

alter table public.daily_feed_content enable row level security;

revoke all on table public.daily_feed_content from anon, authenticated, service_role;
grant select on table public.daily_feed_content to authenticated;
grant select, insert, update, delete on table public.daily_feed_content to service_role;

create policy "users read what is published" on public.daily_feed_content
  for select to authenticated
  using (published_at <= now());
