-- Functions of the exposed schemas ($1 text[]) that an API role may execute and that take text, with their arguments
-- in order: what PostgREST serves below /rpc.
select n.nspname as schema, p.proname as name, args.list as args,
       has_function_privilege('anon', p.oid, 'execute') as by_anon
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
cross join lateral (
  select jsonb_agg(jsonb_build_object(
           'name', coalesce((p.proargnames)[position], ''),
           'type', format_type(type, null),
           'isText', type in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'name'::regtype),
           'hasDefault', position > p.pronargs - p.pronargdefaults)
         order by position) as list
  from unnest(p.proargtypes::oid[]) with ordinality as given (type, position)
) args
where n.nspname = any ($1::text[])
  and p.prokind = 'f'
  and p.prorettype <> 'trigger'::regtype
  and args.list @? '$[*] ? (@.isText == true)'
  and (has_function_privilege('anon', p.oid, 'execute')
    or has_function_privilege('authenticated', p.oid, 'execute'))
  and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
order by 1, 2, p.oid
