-- Extensions in an exposed schema: their functions become part of the API, some of them reach other hosts or files.
select e.extname::text as subject,
  format('Extension %s lies in exposed schema %s, where its functions are part of the API', e.extname, n.name) as detail,
  format('alter extension %I set schema extensions;', e.extname) as fix,
  case when e.extname in ('dblink', 'http', 'pg_net', 'postgres_fdw', 'file_fdw', 'adminpack', 'plpython3u', 'plperlu') then 'error' else 'warning' end as severity
from pg_extension e join app_schema n on n.oid = e.extnamespace and n.exposed
