-- Policies that look up the caller's membership and never say of which row: a member of anything reaches everything.
-- Told by the tables inside: one of them refers to the same tenant as the table of the policy does.
select format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I on %s asks whether the caller has a row in %s, not whether it is the one this row belongs to', p.name, p.subject, string_agg(distinct m.subject, ', ')) as detail,
  format('drop policy %I on %s; -- then compare %s with %s inside', p.name, p.subject, string_agg(distinct quote_ident(mine.attname), ', '), string_agg(distinct m.subject, ', ')) as fix,
  'error' as severity
from policy p
join pg_constraint k on k.conrelid = p.relid and k.contype = 'f' and cardinality(k.conkey) = 1 and k.confrelid not in (select relid from person)
join pg_attribute mine on mine.attrelid = p.relid and mine.attnum = k.conkey[1]
join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_class'::regclass and d.refobjid <> p.relid
join pg_constraint other on other.conrelid = d.refobjid and other.contype = 'f' and other.confrelid = k.confrelid and cardinality(other.conkey) = 1
join relation m on m.oid = d.refobjid
where p.permissive and cardinality(p.roles) > 0 and p.rls and exists (select from own_column w where w.relid = m.oid)
  -- None of the row's own columns is read.
  and not exists (select from pg_depend own where own.classid = 'pg_policy'::regclass and own.objid = p.oid
    and own.refclassid = 'pg_class'::regclass and own.refobjid = p.relid and own.refobjsubid > 0)
group by p.oid, p.subject, p.name
