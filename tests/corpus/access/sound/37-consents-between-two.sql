-- Two parties in a row, whom a check keeps apart, and a consent that ends.

create table public.profiles (id uuid primary key references auth.users on delete cascade, kind text not null default 'patient' check (kind in ('patient','doctor')), display_name text not null);
create table public.consents (id uuid primary key default gen_random_uuid(), patient_id uuid not null references public.profiles, doctor_id uuid not null references public.profiles, granted_at timestamptz not null default now(), expires_at timestamptz, revoked_at timestamptz, check (patient_id <> doctor_id));
create table public.records (id uuid primary key default gen_random_uuid(), patient_id uuid not null references public.profiles, author_id uuid references public.profiles, category text not null check (category in ('lab','note','image')), body text not null, signed boolean not null default false, deleted_at timestamptz);
create schema private; grant usage on schema private to authenticated;
create function private.may_see(p uuid) returns boolean language sql stable security definer set search_path = '' as $$
  select p = (select auth.uid()) or exists (select 1 from public.consents c where c.patient_id = p and c.doctor_id = (select auth.uid()) and c.revoked_at is null and (c.expires_at is null or c.expires_at > now())) $$;
alter table public.profiles enable row level security; alter table public.consents enable row level security; alter table public.records enable row level security;
create policy "self or consenting" on public.profiles for select to authenticated using (private.may_see(id));
create policy "self" on public.profiles for update to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));
create policy "parties" on public.consents for select to authenticated using ((select auth.uid()) in (patient_id, doctor_id));
create policy "patients give" on public.consents for insert to authenticated with check (patient_id = (select auth.uid()));
create policy "patients revoke" on public.consents for update to authenticated using (patient_id = (select auth.uid())) with check (patient_id = (select auth.uid()));
create policy "see" on public.records for select to authenticated using (deleted_at is null and private.may_see(patient_id));
create policy "write" on public.records for insert to authenticated with check (author_id = (select auth.uid()) and private.may_see(patient_id) and not signed);
create policy "edit unsigned" on public.records for update to authenticated using (author_id = (select auth.uid()) and not signed and private.may_see(patient_id)) with check (author_id = (select auth.uid()) and private.may_see(patient_id));
grant select, update (display_name) on public.profiles to authenticated; grant select, insert, update on public.consents, public.records to authenticated;
