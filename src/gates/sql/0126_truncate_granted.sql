-- TRUNCATE asks no policy. REFERENCES and TRIGGER let a role tie its own things to the table. No client of the API needs them.
select r.subject,
  format('%s may %s on %s, which no policy is asked for', string_agg(distinct g.role, ', '),
    case when bool_or(g.can_truncate) then 'TRUNCATE' else 'use REFERENCES or TRIGGER' end, r.subject) as detail,
  format('revoke truncate, references, trigger on %s from anon, authenticated;', r.subject) as fix,
  case when bool_or(g.can_truncate) then 'warning' else 'info' end as severity
from relation r join reach g on g.relid = r.oid
where r.exposed and r.kind in ('r', 'p') and (g.can_truncate or g.can_trigger or g.can_reference)
group by r.oid, r.subject
having bool_or(g.can_truncate) or bool_or((select true from pg_class c where c.oid = r.oid and (
  has_table_privilege(g.role_oid, c.oid, 'trigger') or has_table_privilege(g.role_oid, c.oid, 'references'))))
