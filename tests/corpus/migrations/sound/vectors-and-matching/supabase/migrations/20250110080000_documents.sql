create extension if not exists vector with schema extensions;

create table public.documents (
  id bigserial primary key,
  owner_id uuid not null default auth.uid() references auth.users (id),
  content text not null,
  metadata jsonb not null default '{}',
  embedding extensions.vector(384),
  fts tsvector generated always as (to_tsvector('english', content)) stored
);
create index documents_embedding on public.documents using hnsw (embedding extensions.vector_cosine_ops);
create index documents_fts on public.documents using gin (fts);
create index documents_owner on public.documents (owner_id);
alter table public.documents enable row level security;
grant select, insert on public.documents to authenticated;
grant usage, select on sequence public.documents_id_seq to authenticated;
create policy own on public.documents for select to authenticated using (owner_id = (select auth.uid()));
create policy add_own on public.documents for insert to authenticated with check (owner_id = (select auth.uid()));

create or replace function public.match_documents(query_embedding extensions.vector(384), match_count int default 5, filter jsonb default '{}')
returns table (id bigint, content text, similarity float)
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  select documents.id, documents.content, 1 - (documents.embedding operator(extensions.<=>) query_embedding) as similarity
  from public.documents
  where documents.metadata @> filter
  order by documents.embedding operator(extensions.<=>) query_embedding
  limit least(match_count, 50);
end;
$$;
revoke execute on function public.match_documents(extensions.vector, int, jsonb) from public;
grant execute on function public.match_documents(extensions.vector, int, jsonb) to authenticated;
