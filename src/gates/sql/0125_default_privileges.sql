-- Default privileges that hand every table made later to the roles of the API, before anybody wrote a policy for it.
-- Those of Supabase's own roles cannot be changed by the project and are not meant.
select format('default privileges of %s on %s%s', o.rolname, k.what, coalesce(' in schema ' || quote_ident(n.nspname), '')) as subject,
  format('%s that %s makes%s are granted to %s at once', k.what, o.rolname, coalesce(' in schema ' || n.nspname, ''), string_agg(distinct g.name, ', ')) as detail,
  format('alter default privileges for role %I%s revoke all on %s from %s;', o.rolname, coalesce(' in schema ' || quote_ident(n.nspname), ''), k.what, string_agg(distinct quote_ident(g.name), ', ')) as fix,
  case when d.defaclobjtype = 'r' then 'warning' else 'info' end as severity
from pg_default_acl d join pg_roles o on o.oid = d.defaclrole
left join pg_namespace n on n.oid = d.defaclnamespace
cross join lateral (select case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' else 'functions' end as what) k
cross join lateral aclexplode(d.defaclacl) a
join lateral (select name from api_role where oid = a.grantee union all select 'public' where a.grantee = 0) g on true
where d.defaclobjtype in ('r', 'S', 'f') and o.rolname !~ '^supabase_'
  and (n.oid is null or n.nspname in (select name from app_schema where exposed))
  -- Functions are everybody's by default anyway.
  and not (d.defaclobjtype = 'f' and a.grantee = 0)
group by o.rolname, n.nspname, d.defaclobjtype, k.what
