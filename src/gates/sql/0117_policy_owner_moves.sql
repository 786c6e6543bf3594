-- UPDATE policies whose WITH CHECK forgets the owner that USING asks for: a row can be given to, or forged for, somebody else.
-- Without WITH CHECK Postgres applies USING to the new row as well, which is sound. Silent too: no grant on the column, a trigger that sets or guards it.
select distinct on (1) format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I lets a caller change %s of a row of %s to somebody else: WITH CHECK (%s) does not ask for it', p.name, w.name, p.subject, p.check_text) as detail,
  format('alter policy %I on %s with check (%s);', p.name, p.subject, p.using_text) as fix,
  'error' as severity
from policy p join relation r on r.oid = p.relid join own_column w on w.relid = p.relid
join reach g on g.relid = p.relid and g.role = any (p.roles)
where p.permissive and r.exposed and r.rls and p.cmd in ('w', '*') and p.check_text is not null and p.using_text is not null
  and has_column_privilege(g.role_oid, p.relid, w.attnum, 'update')
  and p.using_text ~ ('(?<!\w)' || regexp_replace(w.name, '(\W)', '\\\1', 'g') || '(?!\w)')
  and (p.check_text !~ ('(?<!\w)' || regexp_replace(w.name, '(\W)', '\\\1', 'g') || '(?!\w)')
    or exists (select from open_condition c where c.relid = p.relid and c.text = p.check_text))
  and not exists (select from row_trigger t where t.relid = p.relid and t.on_update and t.body ~* ('\mnew\s*\.\s*"?' || regexp_replace(w.name, '(\W)', '\\\1', 'g')))
  and not exists (select from policy s where s.relid = p.relid and not s.permissive and s.cmd in ('w', '*') and coalesce(s.check_text, s.using_text) ~ ('(?<!\w)' || regexp_replace(w.name, '(\W)', '\\\1', 'g') || '(?!\w)'))
order by 1, w.attnum
