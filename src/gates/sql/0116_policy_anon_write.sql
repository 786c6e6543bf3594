-- Policies that let callers without an account change or delete rows that belong to somebody, on a condition that asks nobody's name.
select format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I lets anon %s rows of %s that belong to somebody: %s', p.name,
    case p.cmd when 'w' then 'change' when 'd' then 'delete' else 'write' end, p.subject, coalesce(p.using_text, p.check_text)) as detail,
  format('alter policy %I on %s to authenticated; -- with a condition on its owner', p.name, p.subject) as fix,
  'error' as severity
from policy p join relation r on r.oid = p.relid join owned o on o.relid = p.relid join reach g on g.relid = p.relid and g.role = 'anon'
where p.permissive and r.exposed and r.rls and 'anon' = any (p.roles) and p.cmd in ('w', 'd', '*')
  and (g.can_update and p.cmd in ('w', '*') or g.can_delete and p.cmd in ('d', '*'))
  and coalesce(p.using_text, '') not in ('false', '')
  and p.text !~ '(?<!\w)(uid|jwt|role|email)\(\)|request\.jwt|\mCURRENT_USER\M'
  and not exists (select from pg_depend d join identifies i on i.oid = d.refobjid
    where d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass)
  and not exists (select from open_condition c where c.relid = p.relid and c.text = p.using_text)
