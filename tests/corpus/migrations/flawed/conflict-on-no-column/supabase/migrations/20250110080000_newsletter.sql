create table public.newsletter (id uuid primary key default gen_random_uuid(), address text not null unique);
alter table public.newsletter enable row level security;
grant insert on public.newsletter to authenticated;
create function public.join_newsletter(mail text) returns void language sql set search_path = '' as $$
  insert into public.newsletter (address) values (mail)
  on conflict (email) do nothing;
$$;
