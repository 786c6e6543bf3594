create table public.articles (
  id uuid primary key,
  title text
);
alter table public.articles enable row level security;
grant select, insert, update, delete on public.articles to authenticated;
create policy readable on public.articles for select to anon, authenticated using (true);
create policy service on public.articles for all to service_role using (true) with check (true);
