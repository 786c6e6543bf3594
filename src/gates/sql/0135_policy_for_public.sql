-- Policies without TO on tables whose rows belong to somebody: they are asked, and may hold, for callers without an account too.
select format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I on %s names no role, so it holds for anon as well', p.name, p.subject) as detail,
  format('alter policy %I on %s to authenticated;', p.name, p.subject) as fix, 'info' as severity
from policy p join relation r on r.oid = p.relid join owned o on o.relid = p.relid
where r.exposed and r.rls and p.permissive and p.for_public and not r.declared
