-- Roles of the API that pass every policy: superuser, BYPASSRLS, or member of a role that does.
select a.name::text as subject,
  format('%s %s', a.name, case when o.oid = a.oid then 'passes by every policy (superuser or BYPASSRLS)' else format('is a member of %s, who passes by every policy', o.rolname) end) as detail,
  case when o.oid = a.oid then format('alter role %I nosuperuser nobypassrls;', a.name) else format('revoke %I from %I;', o.rolname, a.name) end as fix,
  'error' as severity
from api_role a join pg_roles o on pg_has_role(a.oid, o.oid, 'member') and (o.rolsuper or o.rolbypassrls or o.rolname in ('pg_read_all_data', 'pg_write_all_data'))
