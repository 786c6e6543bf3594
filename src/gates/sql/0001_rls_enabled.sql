-- One row per relation of the exposed schemas ($1 text[]) that carries rows: tables, partitions, views,
-- materialised views and foreign tables. The last two know no policies, so they are open when a role of the API may read them.
select format('%I.%I', n.nspname, c.relname) as relation,
       case c.relkind when 'v' then 'view' when 'm' then 'materialised view' when 'f' then 'foreign table' else 'table' end as kind,
       case
         when c.relkind in ('r', 'p') then c.relrowsecurity
         when c.relkind = 'v' then coalesce(
           (select option_value::boolean from pg_options_to_table(c.reloptions) where option_name = 'security_invoker'),
           false) or not reachable.by_api
         else not reachable.by_api
       end as protected
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
cross join lateral (
  select bool_or(has_table_privilege(r.rolname, c.oid, 'select, insert, update, delete')) as by_api
  from pg_roles r where r.rolname in ('anon', 'authenticated')
) reachable
where n.nspname = any ($1::text[])
  and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by 1
