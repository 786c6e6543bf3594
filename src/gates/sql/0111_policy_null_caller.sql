-- Policies that hold for every row when nobody is signed in: auth.uid() is null or …
select format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I on %s holds for every row as long as the caller is not signed in: %s', p.name, p.subject, c.text) as detail,
  format('drop policy %I on %s; -- then one without the branch for callers who are nobody', p.name, p.subject) as fix,
  case when 'anon' = any (p.roles) then 'error' else 'warning' end as severity
from policy p join open_condition c on c.relid = p.relid and c.text in (p.using_text, p.check_text) and c.passes = 'anon'
where p.permissive and p.rls and cardinality(p.roles) > 0 and exists (select from reach g where g.relid = p.relid and g.role = any (p.roles))
