-- FOR ALL and true, on a list of nobody, but only reading was granted.

create type public.visit_state as enum ('booked', 'done', 'cancelled');
create domain public.phone as text check (value ~ '^\+[0-9]{6,15}$');
create table public.patients (
  id bigint generated always as identity primary key,
  account uuid not null unique references auth.users (id),
  full_name text not null,
  phone public.phone,
  birth_date date check (birth_date > '1900-01-01'),
  search text generated always as (lower(full_name)) stored
);
create table public.visits (
  id bigint generated always as identity primary key,
  patient_id bigint not null references public.patients (id),
  state public.visit_state not null default 'booked',
  during tstzrange not null default tstzrange(now(), now() + interval '1 hour'),
  room smallint not null default 1 check (room > 0)
);
create table public.findings (
  id bigint generated always as identity primary key,
  visit_id bigint not null references public.visits (id) on delete cascade,
  icd10 text not null default 'Z00.0' check (icd10 ~ '^[A-Z][0-9]{2}(\.[0-9]+)?$'),
  remark text
);
alter table public.patients enable row level security;
alter table public.visits enable row level security;
alter table public.findings enable row level security;

create policy "own file" on public.patients for select to authenticated using (account = (select auth.uid()));
create policy "own visits" on public.visits for select to authenticated
  using (patient_id in (select p.id from public.patients p where p.account = (select auth.uid())));
create policy "own findings" on public.findings for select to authenticated
  using (visit_id in (select v.id from public.visits v join public.patients p on p.id = v.patient_id where p.account = (select auth.uid())));

grant select on public.patients, public.visits, public.findings to authenticated;
create table public.icd10_codes (code text primary key, title text not null);
alter table public.icd10_codes enable row level security;
create policy "codes" on public.icd10_codes to authenticated using (true);
grant select on public.icd10_codes to authenticated;
