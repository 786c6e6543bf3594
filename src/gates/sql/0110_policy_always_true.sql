-- Permissive policies that hold for every row, however written. Reading: where the rows belong to somebody and no column
-- grant narrows what is read. Adding: rows of anybody. Changing and deleting: any table. A restrictive policy of the same command narrows them again.
select format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I lets %s %s on %s, whosever it is: %s', p.name,
    case c.passes when 'signed-in' then 'everybody signed in' else g.roles end,
    case v.command when 'select' then 'read any row' when 'insert' then 'add rows' when 'update' then 'change any row' else 'delete any row' end,
    p.subject, v.condition) as detail,
  format('drop policy %I on %s; -- then one that compares its owner with (select auth.uid())', p.name, p.subject) as fix,
  'error' as severity
from policy p
cross join lateral (values
  ('select', 'r', p.using_text), ('insert', 'a', coalesce(p.check_text, case when p.cmd = '*' then p.using_text end)), ('update', 'w', p.using_text), ('delete', 'd', p.using_text)
) v(command, letter, condition)
join open_condition c on c.relid = p.relid and c.text = v.condition and c.passes <> 'anon'
join lateral (
  select string_agg(g.role, ', ' order by g.role) as roles from reach g
  where g.relid = p.relid and g.role = any (p.roles)
    and (c.passes = 'all' or g.role = 'authenticated')
    and case v.command when 'select' then g.select_all when 'insert' then g.can_insert when 'update' then g.can_update else g.can_delete end
) g on g.roles is not null
join relation r on r.oid = p.relid
left join owned o on o.relid = p.relid
where p.permissive and r.exposed and r.rls and (p.cmd = v.letter or p.cmd = '*')
  and case v.command
    when 'select' then o.relid is not null and not r.declared
    when 'insert' then exists (
      -- Columns of its owner that the caller may choose and no trigger sets.
      select from own_column w join reach h on h.relid = w.relid and h.role = any (p.roles)
      where w.relid = p.relid and has_column_privilege(h.role_oid, w.relid, w.attnum, 'insert')
        and not exists (select from row_trigger t where t.relid = w.relid and t.on_insert and t.body ~* ('\mnew\s*\.\s*"?' || w.name || '"?\s*:?='))
    ) or (o.relid is not null and not o.directly)
    else true end
  and not exists (
    select from policy s where s.relid = p.relid and not s.permissive and s.cmd in (v.letter::"char", '*') and s.roles @> p.roles
      and not exists (select from open_condition x where x.relid = s.relid and x.text in (s.using_text, s.check_text)))
  -- One line per policy: its worst command.
  and v.command = (
    select w.command from (values ('update', 'w', 1), ('delete', 'd', 2), ('insert', 'a', 3), ('select', 'r', 4)) w(command, letter, rank)
    where (p.cmd = w.letter or p.cmd = '*')
      and exists (select from reach h where h.relid = p.relid and h.role = any (p.roles)
        and case w.command when 'select' then h.select_all when 'insert' then h.can_insert when 'update' then h.can_update else h.can_delete end)
    order by w.rank limit 1)
