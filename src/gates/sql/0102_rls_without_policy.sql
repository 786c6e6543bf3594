-- Row level security without a policy that lets anybody in, on a table the app is granted to write: every write is refused
-- or changes 0 rows, and a client that ignores that reports success. Everything granted at once is no decision, only noted.
select r.subject,
  format('%s has row level security and no permissive policy, though %s may write to it: every write is refused or changes nothing', r.subject, w.roles) as detail,
  format('create policy "own rows" on %s to authenticated using (…); -- or: revoke all on %s from anon, authenticated;', r.subject, r.subject) as fix,
  case when w.everything then 'info' else 'error' end as severity
from relation r join (
  select g.relid, string_agg(g.role, ', ' order by g.role) as roles, bool_and(g.can_truncate and g.can_trigger and g.can_reference) as everything
  from reach g where g.can_insert or g.can_update or g.can_delete group by g.relid
) w on w.relid = r.oid
where r.exposed and r.kind in ('r', 'p') and r.rls and r.oid not in (select p.relid from policy p where p.permissive)
