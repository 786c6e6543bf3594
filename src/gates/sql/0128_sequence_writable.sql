-- Sequences that a role of the API may set back (UPDATE), so that later inserts of everybody fail; or, without an insert to need it, use up.
select format('%I.%I', n.name, s.relname) as subject,
  format('%s may %s sequence %I.%I', string_agg(a.name, ', ' order by a.name),
    case when bool_or(has_sequence_privilege(a.oid, s.oid, 'update')) then 'set' else 'use up' end, n.name, s.relname) as detail,
  format('revoke update on sequence %I.%I from anon, authenticated;', n.name, s.relname) as fix,
  case when bool_or(has_sequence_privilege(a.oid, s.oid, 'update')) then 'warning' else 'info' end as severity
from pg_class s join app_schema n on n.oid = s.relnamespace and n.exposed cross join api_role a
where s.relkind = 'S' and (has_sequence_privilege(a.oid, s.oid, 'update') or (has_sequence_privilege(a.oid, s.oid, 'usage') and not exists (
  select from pg_depend d join reach g on g.relid = d.refobjid and g.role_oid = a.oid and g.can_insert
  where d.classid = 'pg_class'::regclass and d.objid = s.oid and d.deptype in ('a', 'i'))))
group by n.name, s.relname
