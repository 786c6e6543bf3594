-- Policies whose CASE ends in ELSE true: whatever nobody thought of is let through, on rows that belong to somebody.
select format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I on %s lets everything through that its CASE does not name (ELSE true)', p.name, p.subject) as detail,
  format('drop policy %I on %s; -- then one that ends in else false', p.name, p.subject) as fix,
  'warning' as severity
from policy p join relation r on r.oid = p.relid join owned o on o.relid = p.relid
where p.permissive and r.exposed and r.rls and p.text ~ '\mELSE true\M'
  and (not r.declared or p.cmd <> 'r') and exists (select from reach g where g.relid = p.relid and g.role = any (p.roles))
