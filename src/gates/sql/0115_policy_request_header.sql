-- Policies that believe a header, a cookie or a setting the caller can send, instead of the verified token.
select format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I on %s believes request.%s, which every caller writes', p.name, p.subject,
    (regexp_match(p.text, 'request\.(headers?|cookies?|path|method)'))[1]) as detail,
  format('drop policy %I on %s; -- then one that compares with (select auth.uid())', p.name, p.subject) as fix,
  'error' as severity
from policy p
where p.permissive and cardinality(p.roles) > 0 and p.text ~ 'request\.(header|cookie|path|method)'
union all
select format('%s: %s', p.subject, p.name),
  format('Policy %I on %s calls %s, which believes what the caller sends in a header', p.name, p.subject, f.subject),
  format('drop policy %I on %s; -- then one that compares with (select auth.uid())', p.name, p.subject), 'error'
from policy p join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
join routine f on f.oid = d.refobjid
where p.permissive and cardinality(p.roles) > 0 and f.body ~ 'request\.(header|cookie)'
