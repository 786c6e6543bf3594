create table public.authors (id uuid primary key, name text not null);
create table public.books (id uuid primary key, title text not null, author_id uuid references public.authors (id));
alter table public.authors enable row level security;
alter table public.books enable row level security;
grant select on public.authors, public.books to authenticated;
create function public.search_books(term text) returns setof public.books language sql stable set search_path = ''
  as $$ select * from public.books where title ilike '%' || term || '%' $$;
