-- One json document: what decides who reaches which row ($1 exposed schemas as text[]), and what is needed to make rows.
-- Every relation of the app's own schemas is in it, those that are not exposed because exposed ones may refer to them.
with users as (
  select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'auth' and c.relname = 'users'
),
exposed as (
  select unnest($1::text[]) as name
),
api as (
  select rolname, oid from pg_roles where rolname in ('anon', 'authenticated', 'service_role')
),
spaces as (
  select n.oid, n.nspname, n.nspname in (select name from exposed) as exposed
  from pg_namespace n
  where n.nspname in (select name from exposed)
     or (n.nspname !~ '^pg_' and n.nspname not in (
       'information_schema', 'auth', 'storage', 'realtime', '_realtime', 'extensions', 'vault', 'graphql', 'graphql_public', 'pgbouncer',
       'supabase_migrations', 'supabase_functions', '_analytics', 'net', 'cron', 'pgsodium', 'pgsodium_masks', 'bee'))
),
extension_parts as (
  select classid, objid from pg_depend
  where deptype = 'e' and classid in ('pg_class'::regclass, 'pg_proc'::regclass)
),
rels as (
  select c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relowner, c.relispartition, c.relpartbound,
         c.reloptions, c.relhastriggers, c.relacl, s.nspname, s.exposed
  from pg_class c
  join spaces s on s.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and not exists (select from extension_parts e where e.classid = 'pg_class'::regclass and e.objid = c.oid)
),
columns as (
  select a.attrelid, json_agg(json_build_object(
      'num', a.attnum, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'base', case
        when e.oid is not null then case when e.typtype = 'd' then format_type(e.typbasetype, null) else format_type(e.oid, null) end
        when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) else format_type(t.oid, null) end,
      'array', e.oid is not null,
      'domain', case when t.typtype = 'd' then format_type(t.oid, null) end,
      'notNull', a.attnotnull or t.typnotnull,
      'hasDefault', a.atthasdef or a.attidentity <> '' or t.typdefault is not null,
      'serial', a.attidentity <> '' or coalesce(pg_get_expr(d.adbin, d.adrelid) like '%nextval(%', false),
      'identityAlways', a.attidentity = 'a',
      'generated', a.attgenerated <> ''
    ) order by a.attnum) as list
  from pg_attribute a
  join rels on rels.oid = a.attrelid
  join pg_type t on t.oid = a.atttypid
  left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped
  group by a.attrelid
),
own_grants as (
  select attrelid, json_object_agg(rolname, letters) as list
  from (
    select attrelid, rolname, json_object_agg(letter, nums) as letters
    from (
      select a.attrelid, api.rolname, p.letter, json_agg(a.attnum order by a.attnum) as nums
      from pg_attribute a
      join rels on rels.oid = a.attrelid
      cross join api
      cross join (values ('r', 'select'), ('a', 'insert'), ('w', 'update')) p (letter, privilege)
      where a.attnum > 0 and not a.attisdropped
        and exists (select from pg_attribute x where x.attrelid = a.attrelid and x.attacl is not null)
        and has_column_privilege(api.oid, a.attrelid, a.attnum, p.privilege)
      group by 1, 2, 3
    ) cells group by 1, 2
  ) roles group by 1
),
constraints as (
  select k.conrelid, json_agg(json_build_object(
      'name', k.conname, 'type', k.contype, 'columns', coalesce(k.conkey, '{}'), 'target', nullif(k.confrelid, 0)::int8,
      'targetColumns', coalesce(k.confkey, '{}'), 'deferrable', k.condeferrable,
      'text', case when k.contype = 'c' then pg_get_expr(k.conbin, k.conrelid) end
    ) order by k.contype, k.conname) as list
  from pg_constraint k
  join rels on rels.oid = k.conrelid
  where k.contype in ('p', 'u', 'f', 'c', 'x')
  group by k.conrelid
),
unique_indexes as (
  select i.indrelid, json_agg(json_build_object(
      'name', c.relname, 'type', 'u', 'columns', (select coalesce(json_agg(x) filter (where x > 0), '[]') from unnest(i.indkey::int2[]) x),
      'target', null, 'targetColumns', '{}'::int2[], 'deferrable', false, 'text', null)) as list
  from pg_index i
  join rels on rels.oid = i.indrelid
  join pg_class c on c.oid = i.indexrelid
  where i.indisunique and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
  group by i.indrelid
),
policies as (
  select p.polrelid, json_agg(json_build_object(
      'name', p.polname, 'command', p.polcmd, 'permissive', p.polpermissive,
      'roles', (select coalesce(json_agg(r.rolname), '[]') from pg_roles r where r.oid = any (p.polroles)),
      'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)
    ) order by p.polname) as list
  from pg_policy p
  join rels on rels.oid = p.polrelid
  group by p.polrelid
),
grants as (
  select rels.oid, json_object_agg(api.rolname,
      case when has_table_privilege(api.oid, rels.oid, 'select') then 'r' else '' end ||
      case when has_table_privilege(api.oid, rels.oid, 'insert') then 'a' else '' end ||
      case when has_table_privilege(api.oid, rels.oid, 'update') then 'w' else '' end ||
      case when has_table_privilege(api.oid, rels.oid, 'delete') then 'd' else '' end ||
      case when has_table_privilege(api.oid, rels.oid, 'truncate') then 'D' else '' end) as list
  from rels cross join api
  where rels.exposed
  group by rels.oid
),
relations as (
  select coalesce(json_agg(json_build_object(
      'oid', rels.oid::int8, 'schema', rels.nspname, 'name', rels.relname, 'sql', format('%I.%I', rels.nspname, rels.relname),
      'kind', rels.relkind, 'exposed', rels.exposed, 'rls', rels.relrowsecurity, 'forced', rels.relforcerowsecurity,
      'owner', pg_get_userbyid(rels.relowner),
      'parent', inh.inhparent::int8, 'isPartition', rels.relispartition,
      'bounds', case when rels.relispartition then jsonb_build_array(pg_get_expr(rels.relpartbound, rels.oid))
        when rels.relkind = 'p' then (select coalesce(jsonb_agg(pg_get_expr(c.relpartbound, c.oid)), '[]') from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = rels.oid)
        else '[]' end,
      'partitionKey', case when part.partattrs is not null or rels.relispartition
        then (select coalesce(jsonb_agg(own.attnum), '[]') from unnest(array[rels.oid, inh.inhparent]) r (oid)
          join pg_partitioned_table p on p.partrelid = r.oid join pg_attribute theirs on theirs.attrelid = r.oid and theirs.attnum = any (p.partattrs::int2[])
          join pg_attribute own on own.attrelid = rels.oid and own.attname = theirs.attname)
        else '[]' end,
      'invoker', rels.relkind = 'v' and coalesce(
        (select option_value::boolean from pg_options_to_table(rels.reloptions) where option_name = 'security_invoker'), false),
      'definition', case when rels.relkind in ('v', 'm') then pg_get_viewdef(rels.oid) end,
      'hasTriggers', rels.relhastriggers and exists (select from pg_trigger t where t.tgrelid = rels.oid and not t.tgisinternal),
      'grants', coalesce(grants.list, '{}'), 'columnGrants', coalesce(own_grants.list, '{}'),
      'columns', coalesce(columns.list, '[]'),
      'constraints', coalesce(constraints.list::jsonb, '[]') || coalesce(unique_indexes.list::jsonb, '[]'),
      'policies', coalesce(policies.list, '[]')
    ) order by rels.nspname, rels.relname), '[]') as list
  from rels
  left join grants on grants.oid = rels.oid
  left join own_grants on own_grants.attrelid = rels.oid
  left join columns on columns.attrelid = rels.oid
  left join constraints on constraints.conrelid = rels.oid
  left join unique_indexes on unique_indexes.indrelid = rels.oid
  left join policies on policies.polrelid = rels.oid
  left join pg_partitioned_table part on part.partrelid = rels.oid
  left join lateral (select inhparent from pg_inherits where inhrelid = rels.oid order by inhseqno limit 1) inh on true
),
functions as (
  select coalesce(json_agg(json_build_object(
      'oid', p.oid::int8, 'schema', s.nspname, 'name', p.proname, 'sql', format('%I.%I', s.nspname, p.proname), 'exposed', s.exposed,
      'identity', pg_get_function_identity_arguments(p.oid),
      'argNames', coalesce((select json_agg(p.proargnames[i] order by i) from generate_subscripts(coalesce(p.proallargtypes, p.proargtypes::oid[]), 1 ) i
         where p.proargmodes is null or p.proargmodes[i] in ('i', 'b', 'v')), '[]'),
      'argTypes', (select coalesce(json_agg(format_type(t, null) order by i), '[]') from unnest(p.proargtypes::oid[]) with ordinality x (t, i)),
      'defaults', p.pronargdefaults, 'variadic', p.provariadic <> 0, 'returns', pg_get_function_result(p.oid),
      'definer', p.prosecdef, 'owner', pg_get_userbyid(p.proowner), 'config', coalesce(p.proconfig, '{}'),
      'volatility', p.provolatile, 'language', l.lanname, 'source', coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),
      'execute', (select coalesce(json_agg(api.rolname), '[]') from api where has_function_privilege(api.oid, p.oid, 'execute'))
    ) order by s.nspname, p.proname, p.oid), '[]') as list
  from pg_proc p
  join spaces s on s.oid = p.pronamespace
  join pg_language l on l.oid = p.prolang
  where p.prokind = 'f'
    and not exists (select from extension_parts e where e.classid = 'pg_proc'::regclass and e.objid = p.oid)
),
sequences as (
  select coalesce(json_agg(json_build_object('schema', s.nspname, 'sql', format('%I.%I', s.nspname, c.relname), 'exposed', s.exposed, 'table', d.refobjid::int8,
      'update', (select coalesce(json_agg(api.rolname), '[]') from api where has_sequence_privilege(api.oid, c.oid, 'update'))) order by c.oid), '[]') as list
  from pg_class c
  join spaces s on s.oid = c.relnamespace
  left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
  where c.relkind = 'S'
)
select json_build_object(
  'serverVersion', current_setting('server_version_num')::int,
  'login', current_user,
  'database', current_database(),
  'bypassesRls', (select rolsuper or rolbypassrls from pg_roles where rolname = current_user),
  'roles', (select coalesce(json_object_agg(rolname, pg_has_role(current_user, oid, 'member')), '{}') from api),
  -- Half of the server's lock table, by what a table with its indexes takes of it.
  'tablesAtOnce', (select greatest(50, current_setting('max_locks_per_transaction')::int
      * (current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int) / 2
      * count(*) / greatest(count(*) + (select count(*) from pg_index i join rels r on r.oid = i.indrelid), 1))
     from rels where relkind in ('r', 'p')),
  'hasUsers', exists (select from users),
  'usersOid', (select oid::int8 from users),
  'userColumns', (select coalesce(json_agg(attname), '[]') from pg_attribute
     where attrelid = (select oid from users) and attnum > 0 and not attisdropped and attgenerated = ''),
  'schemas', (select coalesce(json_agg(nspname), '[]') from spaces where exposed),
  'missingSchemas', (select coalesce(json_agg(name), '[]') from exposed where to_regnamespace(quote_ident(name)) is null),
  'schemaUsage', (select coalesce(json_object_agg(s.nspname, (select coalesce(json_agg(api.rolname), '[]') from api where has_schema_privilege(api.oid, s.oid, 'usage'))), '{}') from spaces s),
  'relations', (select list from relations),
  'functions', (select list from functions),
  'sequences', (select list from sequences),
  'enums', (select coalesce(json_object_agg(name, labels), '{}') from (
     select format_type(enumtypid, null) as name, json_agg(enumlabel order by enumsortorder) as labels from pg_enum group by enumtypid) e),
  'domains', (select coalesce(json_object_agg(name, checks), '{}') from (
     select format_type(k.contypid, null) as name, json_agg(pg_get_constraintdef(k.oid)) as checks
     from pg_constraint k where k.contypid <> 0 and k.contype = 'c' group by k.contypid) d)
) as catalog
