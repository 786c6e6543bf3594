-- Tables whose changes Realtime sends out, without policies to ask whom to: every subscriber who may read one gets every row.
-- Also those of schemas the API does not expose.
select r.subject,
  format('%s is in publication %s without row level security: Realtime sends every change to %s', r.subject, min(t.pubname), min(x.roles)) as detail,
  format('alter table %s enable row level security; -- or: alter publication %I drop table %s;', r.subject, min(t.pubname), r.subject) as fix,
  'error' as severity
from pg_publication_tables t join relation r on r.schema = t.schemaname and r.name = t.tablename
join (select g.relid, string_agg(g.role, ', ' order by g.role) as roles from reach g where g.can_select group by g.relid) x on x.relid = r.oid
where t.pubname = 'supabase_realtime' and not r.rls and not r.declared
group by r.subject
