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

-- Whoever names nobody is taken for themselves; whoever names somebody, for them.
create function public.visit(p_patient uuid default null) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_doctor uuid := p_patient;
  v_patient uuid;
begin
  v_patient := coalesce(p_patient, auth.uid());
  insert into public.visits (doctor_id, notes) values (v_doctor, v_patient::text);
  update public.wallets set credits = credits - 1 where user_id = v_patient;
end $$;
