-- Rows are changed through a view that runs with the rights of its owner.
-- flaw: public.my_tasks authenticated update
-- found-by: either

create table public.projects (
  id bigint generated always as identity primary key,
  lead uuid not null references auth.users (id),
  name text not null,
  current_milestone bigint
);
create table public.milestones (
  id bigint generated always as identity primary key,
  project_id bigint not null references public.projects (id) on delete cascade,
  title text not null,
  due date
);
alter table public.projects add constraint current_of foreign key (current_milestone) references public.milestones (id) deferrable initially deferred;
create table public.tasks (
  id bigint generated always as identity primary key,
  milestone_id bigint not null references public.milestones (id) on delete cascade,
  title text not null,
  done boolean not null default false
);
create schema if not exists private;
-- Past the policies of milestones, which would ask projects again.
create function private.project_of(milestone bigint) returns bigint
language sql stable security definer set search_path = '' as $$ select m.project_id from public.milestones m where m.id = milestone $$;
grant usage on schema private to authenticated;

alter table public.projects enable row level security;
alter table public.milestones enable row level security;
alter table public.tasks enable row level security;

create policy "leads" on public.projects to authenticated using (lead = (select auth.uid()))
  with check (lead = (select auth.uid()) and (current_milestone is null or private.project_of(current_milestone) = id));
create policy "of led projects" on public.milestones to authenticated
  using (exists (select from public.projects p where p.id = milestones.project_id and p.lead = (select auth.uid())));
create policy "of led milestones" on public.tasks to authenticated
  using (exists (select from public.milestones m join public.projects p on p.id = m.project_id
    where m.id = tasks.milestone_id and p.lead = (select auth.uid())));

grant select, insert, update, delete on public.projects, public.milestones, public.tasks to authenticated;
create view public.my_tasks as select t.id, t.title, t.done from public.tasks t;
grant update on public.my_tasks to authenticated;
