-- Materialised views know no policies: who may read one reads all of it.
select r.subject,
  format('Materialised view %s knows no policies, and %s can read all of it', r.subject, x.roles) as detail,
  format('revoke all on %s from anon, authenticated; -- and read it through a view or function that filters', r.subject) as fix,
  'error' as severity
from relation r join (select relid, string_agg(role, ', ' order by role) as roles from reach where can_select group by relid) x on x.relid = r.oid
where r.exposed and r.kind = 'm' and not r.declared
