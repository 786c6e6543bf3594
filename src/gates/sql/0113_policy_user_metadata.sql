-- Policies, and functions they call, that trust metadata which every user writes for themselves.
with trusting as materialized (select oid, subject from routine where body ~* 'user_meta_?data')
select distinct format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I on %s trusts user metadata%s, which every user can change for themselves', p.name, p.subject,
    case when f.subject is null then '' else format(' by %s', f.subject) end) as detail,
  format('drop policy %I on %s; -- then one that reads app_metadata or a table of roles', p.name, p.subject) as fix,
  'error' as severity
from policy p
left join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
left join trusting f on f.oid = d.refobjid
where cardinality(p.roles) > 0 and p.permissive
  -- storage.objects has a column of that name: what a file's owner wrote about it.
  and (p.text ~* '(raw_user_meta_data|''user_metadata'')' or f.oid is not null)
