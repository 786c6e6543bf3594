-- Tables owned by a role of the API, which its policies then do not hold unless row level security is forced.
select r.subject,
  format('%s belongs to %s, whom its policies do not hold', r.subject, o.rolname) as detail,
  format('alter table %s owner to postgres; -- or: alter table %s force row level security;', r.subject, r.subject) as fix,
  'error' as severity
from relation r join pg_roles o on o.oid = r.owner
where r.kind in ('r', 'p') and not (r.rls and r.forced) and (o.rolname = 'authenticator' or exists (select from api_role a where pg_has_role(a.oid, r.owner, 'usage')))
