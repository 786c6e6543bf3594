create table public.visits (
  id uuid primary key default gen_random_uuid(),
  doctor_id uuid not null,
  notes text,
  constraint visits_doctor foreign key (doctor_id) references public.profiles (id)
);
alter table public.visits enable row level security;
grant all on public.visits to service_role;
-- The service may anyhow; it opens nothing for others.
create policy service on public.visits for all to service_role using (true);

create function public.visits_of(p_doctor uuid) returns setof public.visits
language sql stable security definer set search_path = ''
as $$ select * from public.visits where doctor_id::text = p_doctor::text $$;

create function public.user_by_mail(p_email text) returns uuid
language sql stable security definer set search_path = ''
as $$ select id from auth.users where lower(email) = lower(p_email) $$;
