-- Accounts (mail addresses, metadata, password hashes) shown by a view that reads as its owner, at any depth, or granted outright.
with recursive below as (
  select r.oid as top, r.oid as view, r.kind = 'm' or not r.invoker as as_owner, r.kind = 'v' and pg_get_viewdef(r.oid) ~* '\m(auth\.)?uid\(\)' as filters
  from relation r where r.exposed and r.kind in ('v', 'm') and not r.declared
  union
  select b.top, v.oid, b.as_owner or v.kind = 'm' or not v.invoker, b.filters or (v.kind = 'v' and pg_get_viewdef(v.oid) ~* '\m(auth\.)?uid\(\)')
  from below b join pg_rewrite rw on rw.ev_class = b.view join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = rw.oid
  join relation v on d.refclassid = 'pg_class'::regclass and v.oid = d.refobjid and v.oid <> b.view and v.kind in ('v', 'm')
)
select r.subject,
  format('%s shows auth.users to %s', r.subject, x.roles) as detail,
  format('revoke all on %s from anon, authenticated; -- keep what others may see in a table of its own, such as public.profiles', r.subject) as fix,
  'error' as severity
from relation r join reached x on x.relid = r.oid
where exists (select from below b join pg_rewrite rw on rw.ev_class = b.view
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = rw.oid
    where b.top = r.oid and b.as_owner and not b.filters and d.refclassid = 'pg_class'::regclass and d.refobjid = (select oid from platform where name = 'auth.users'))
union all
select format('auth.%I', c.relname), format('%s may read auth.%I directly', string_agg(a.name, ', ' order by a.name), c.relname),
  format('revoke all on auth.%I from anon, authenticated;', c.relname), 'error'
from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'auth' cross join api_role a
where c.relkind in ('r', 'p', 'v') and has_any_column_privilege(a.oid, c.oid, 'select')
group by c.relname
