-- Tables of the exposed schemas ($1 text[]) with a column that refers to auth.users: whose row it is.
select n.nspname as schema, c.relname as table, a.attname as owner
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
where k.contype = 'f'
  and k.confrelid = 'auth.users'::regclass
  and cardinality(k.conkey) = 1
  and n.nspname = any ($1::text[])
order by 1, 2, a.attnum
