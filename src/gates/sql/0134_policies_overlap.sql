-- Several permissive policies for one role and command: each is asked for every row, and the widest decides.
select subject, format('%s has several permissive policies for one command: %s', subject, string_agg(overlap, '; ' order by overlap)) as detail,
  format('-- join the policies on %s with OR, one for each command', subject) as fix, 'info' as severity
from (
  select r.subject, format('%s by %s (%s)', c.command, a.name, string_agg(quote_ident(p.name), ', ' order by p.name)) as overlap
  from policy p join relation r on r.oid = p.relid
  cross join api_role a join (values ('r', 'select'), ('a', 'insert'), ('w', 'update'), ('d', 'delete')) c(letter, command) on p.cmd in (c.letter::"char", '*')
  where r.exposed and r.rls and p.permissive and a.name = any (p.roles)
  group by r.oid, r.subject, c.command, a.name having count(*) > 1
) several
group by subject
