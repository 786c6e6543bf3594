-- Tables and partitions of exposed schemas without row level security. A partition is reachable by its own name,
-- and a query by it asks only its own policies; one on the parent asks only the parent's.
select r.subject,
  case when x.roles is null
    then format('%s has no row level security; no role of the API is granted anything on it yet', r.subject)
    else format('%s has no row level security and %s can reach every row%s%s', r.subject, x.roles,
      case when r.is_partition then ' by the name of the partition' else '' end,
      case when exists (select from policy p where p.relid = r.oid) then '; its policies do nothing' else '' end)
  end as detail,
  format('alter table %s enable row level security;', r.subject) as fix,
  case when x.roles is null then 'info' else 'error' end as severity
from relation r left join reached x on x.relid = r.oid
where r.exposed and r.kind in ('r', 'p') and not r.rls and not (r.declared and not exists (
  select from reach g where g.relid = r.oid and (g.can_insert or g.can_update or g.can_delete)))
