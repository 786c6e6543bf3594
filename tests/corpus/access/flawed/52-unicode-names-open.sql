-- Quoted names do not hide a condition that is always true.
-- flaw: public."Übungen" authenticated update
-- found-by: either
-- flaw: public."user's ""notes""" authenticated select
-- found-by: either

create table public."Übungen" (
  "id" uuid primary key default gen_random_uuid(),
  "Besitzer" uuid not null references auth.users (id),
  "Name der Übung" text not null,
  "order" int not null default 0
);
create table public."user's ""notes""" (
  "Id" bigint generated always as identity primary key,
  "userId" uuid not null references auth.users (id),
  "Text; drop" text
);
create table public."select" (
  "from" bigint generated always as identity primary key,
  "where" uuid not null references public."Übungen" ("id")
);
alter table public."Übungen" enable row level security;
alter table public."user's ""notes""" enable row level security;
alter table public."select" enable row level security;

create policy "nur eigene" on public."Übungen" to authenticated using (true);
create policy "owner's ""own""" on public."user's ""notes""" to authenticated using ("userId" = "userId");
create policy "of own exercises" on public."select" for select to authenticated
  using (exists (select from public."Übungen" u where u."id" = "select"."where" and u."Besitzer" = (select auth.uid())));

grant select, insert, update on public."Übungen", public."user's ""notes""" to authenticated;
grant select on public."select" to authenticated;
