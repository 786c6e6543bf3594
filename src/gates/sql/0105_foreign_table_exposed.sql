-- Foreign tables know no policies, and what they reach lies outside the database.
select r.subject,
  format('Foreign table %s knows no policies, and %s can reach all of it', r.subject, x.roles) as detail,
  format('create schema if not exists private; alter foreign table %s set schema private;', r.subject) as fix,
  'error' as severity
from relation r join reached x on x.relid = r.oid
where r.exposed and r.kind = 'f' and not r.declared
