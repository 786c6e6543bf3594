create or replace view public.ranking with (security_invoker = on) as
  select m.id, m.fullname, rank() over (order by m.points desc) as place
  from public.members as m;
grant select on public.ranking to authenticated;
