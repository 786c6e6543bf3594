-- Columns that say what a user may do, which the policies let that user change: role, is_admin, plan, credits …
-- Silent: no grant on the column, a WITH CHECK or a trigger that names it.
with mighty as materialized (
  select a.attrelid, a.attnum, a.attname from pg_attribute a where a.attnum > 0 and not a.attisdropped
    and a.attrelid in (select oid from relation)
    and a.attname ~* '^(is_?)?(role|roles|user_role|admin|superuser|super_admin|staff|moderator|verified_by_staff|plan|tier|subscription_(plan|tier|status)|credits?|credit_balance|balance|permissions?)$'
)
select distinct on (1) format('%s.%I', r.subject, a.attname) as subject,
  format('%s can change %I of their own row of %s by policy %I', g.role, a.attname, r.subject, p.name) as detail,
  format('revoke update on %s from anon, authenticated; grant update (…) on %s to authenticated; -- every column but %I', r.subject, r.subject, a.attname) as fix,
  'error' as severity
from relation r join policy p on p.relid = r.oid and p.permissive and p.cmd in ('w', '*')
join reach g on g.relid = r.oid and g.role = any (p.roles)
join mighty a on a.attrelid = r.oid
where r.exposed and r.kind in ('r', 'p') and r.rls and exists (select from person x where x.relid = r.oid
    union all select from own_column w where w.relid = r.oid and p.using_text ~ ('(?<!\w)' || regexp_replace(w.name, '(\W)', '\\\1', 'g') || '(?!\w)'))
  and p.using_text ~ '(?<!\w)(uid|jwt)\(\)'
  and has_column_privilege(g.role_oid, r.oid, a.attnum, 'update')
  and coalesce(p.check_text, '') !~ ('(?<!\w)' || a.attname || '(?!\w)') and p.using_text !~ ('(?<!\w)' || a.attname || '(?!\w)')
  and not exists (select from row_trigger t where t.relid = r.oid and t.on_update and t.body ~* ('\mnew\s*\.\s*"?' || a.attname))
order by 1, g.role
