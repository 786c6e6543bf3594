-- Policies that compare a column with the database role: it is the same for every user of the API.
select format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I on %s compares with the database role, which is the same for every user of the API', p.name, p.subject) as detail,
  format('drop policy %I on %s; -- then one that compares with (select auth.uid())', p.name, p.subject) as fix,
  'warning' as severity
from policy p
where p.permissive and cardinality(p.roles) > 0
  and p.text ~ '(?:[\w"]+)\)?(?:::\w+)? = \(?(CURRENT_USER|SESSION_USER|CURRENT_ROLE)|(CURRENT_USER|SESSION_USER|CURRENT_ROLE)\)?(?:::\w+)? = \(?(?!'')["a-z]'
