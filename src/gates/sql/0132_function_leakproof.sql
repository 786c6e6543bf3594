-- Functions of the app marked LEAKPROOF: Postgres runs them before the policies, on rows the caller may not see.
select f.subject, format('%s is marked leakproof, so Postgres may run it on rows that policies hide', f.subject) as detail,
  format('alter function %s not leakproof;', f.subject) as fix, 'warning' as severity
from routine f where f.leakproof
