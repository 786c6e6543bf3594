-- Policies that let callers add, change or delete rows that belong to somebody on a condition that never asks who is calling:
-- the state of a row is no permission. Conditions that read other tables are left to the policies of those.
select distinct on (1) format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I lets %s %s rows of %s that belong to somebody, and never asks who is calling: %s', p.name, g.role,
    case v.command when 'insert' then 'add' when 'update' then 'change' else 'delete' end, p.subject, v.condition) as detail,
  format('alter policy %I on %s to authenticated; -- with a condition on its owner', p.name, p.subject) as fix,
  'error' as severity
from policy p join relation r on r.oid = p.relid join owned o on o.relid = p.relid
cross join lateral (values ('update', 'w', p.using_text), ('delete', 'd', p.using_text), ('insert', 'a', coalesce(p.check_text, p.using_text))) v(command, letter, condition)
join reach g on g.relid = p.relid and g.role = any (p.roles)
  and case v.command when 'update' then g.can_update when 'delete' then g.can_delete else g.can_insert end
where p.permissive and r.exposed and r.rls and p.cmd in (v.letter::"char", '*') and v.condition <> 'false'
  and v.condition !~ '(?<!\w)(uid|jwt|role|email)\(\)|current_setting\(|\mCURRENT_USER\M|\mFROM\M'
  and (v.command <> 'insert' or not o.directly or exists (
    -- Columns of its owner that the caller may choose and no trigger sets.
    select from own_column w where w.relid = p.relid and has_column_privilege(g.role_oid, w.relid, w.attnum, 'insert')
      and not exists (select from row_trigger t where t.relid = w.relid and t.on_insert
        and t.body ~* ('\mnew\s*\.\s*"?' || regexp_replace(w.name, '(\W)', '\\\1', 'g') || '"?\s*:?='))))
  and not exists (select from row_trigger t where t.relid = p.relid and t.body ~* 'auth\s*\.\s*(uid|jwt)\s*\(')
  and not exists (select from pg_depend d join identifies i on i.oid = d.refobjid
    where d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass)
  and not exists (select from open_condition c where c.relid = p.relid and c.text = v.condition)
  and not exists (select from policy s where s.relid = p.relid and not s.permissive and s.cmd in (v.letter::"char", '*') and s.roles @> p.roles)
order by 1, v.letter desc, g.role
