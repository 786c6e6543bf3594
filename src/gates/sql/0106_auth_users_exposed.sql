-- Accounts (mail addresses, metadata, password hashes) shown by a view that reads as its owner, or granted outright.
select r.subject,
  format('%s shows auth.users to %s', r.subject, x.roles) as detail,
  format('revoke all on %s from anon, authenticated; -- keep what others may see in a table of its own, such as public.profiles', r.subject) as fix,
  'error' as severity
from relation r join reached x on x.relid = r.oid
where r.exposed and (r.kind = 'm' or (r.kind = 'v' and not r.invoker)) and not r.declared
  and (r.kind = 'm' or pg_get_viewdef(r.oid) !~* '(auth\.)?uid\(\)')
  and exists (select from pg_rewrite rw join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = rw.oid
    where rw.ev_class = r.oid and d.refclassid = 'pg_class'::regclass and d.refobjid = to_regclass('auth.users'))
union all
select format('auth.%I', c.relname), format('%s may read auth.%I directly', a.name, c.relname),
  format('revoke all on auth.%I from anon, authenticated;', c.relname), 'error'
from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'auth' cross join api_role a
where c.relkind in ('r', 'p', 'v') and has_any_column_privilege(a.oid, c.oid, 'select')
