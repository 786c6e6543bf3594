-- Everything that decides access in the exposed schemas ($1 text[]) and in the app's own schemas that they may lean on.
-- One json object: name → md5 of its text. Owners and grants as names, so that two databases compare.
with spaces as (
  select n.oid, n.nspname, n.nspacl, n.nspowner
  from pg_namespace n
  where n.nspname = any ($1::text[])
     or (n.nspname !~ '^pg_' and n.nspname not in (
       'information_schema', 'auth', 'storage', 'realtime', '_realtime', 'extensions', 'vault', 'graphql', 'graphql_public', 'pgbouncer',
       'supabase_migrations', 'supabase_functions', '_analytics', 'net', 'cron', 'pgsodium', 'pgsodium_masks', 'bee'))
),
rels as (
  select c.*, s.nspname from pg_class c join spaces s on s.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
     or false
  union all
  select c.*, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where (n.nspname, c.relname) in (('storage', 'objects'), ('storage', 'buckets'), ('realtime', 'messages')) and c.relkind in ('r', 'p')
),
parts (name, text) as (
  select 'schema ' || nspname, pg_get_userbyid(nspowner) || (select string_agg(x::text, ',' order by x::text) from unnest(nspacl) x)::text from spaces
  union all
  select case relkind when 'v' then 'view ' when 'm' then 'materialized view ' when 'f' then 'foreign table ' when 'S' then 'sequence ' else 'table ' end
      || nspname || '.' || relname,
    concat_ws('|', relkind, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner), array_to_string(reloptions, ','),
      (select string_agg(x::text, ',' order by x::text) from unnest(relacl) x), pg_get_expr(relpartbound, rels.oid),
      case when relkind in ('v', 'm') then pg_get_viewdef(rels.oid) end,
      (select string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, attgenerated, attacl::text), ',' order by attname)
       from pg_attribute where attrelid = rels.oid and attnum > 0 and not attisdropped and relkind <> 'S'))
  from rels
  union all
  select 'policy ' || nspname || '.' || relname || '.' || polname,
    concat_ws('|', polcmd, polpermissive,
      (select string_agg(coalesce(r.rolname, 'public'), ',' order by r.rolname) from unnest(polroles) p left join pg_roles r on r.oid = p),
      pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
  from pg_policy join rels on rels.oid = polrelid
  union all
  select 'trigger ' || nspname || '.' || relname || '.' || tgname, pg_get_triggerdef(t.oid) || tgenabled::text
  from pg_trigger t join rels on rels.oid = tgrelid where not tgisinternal
  union all
  select 'foreign key ' || nspname || '.' || relname || '.' || conname, pg_get_constraintdef(k.oid)
  from pg_constraint k join rels on rels.oid = conrelid where contype = 'f'
  union all
  select 'function ' || s.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
    concat_ws('|', pg_get_userbyid(proowner), prosecdef, provolatile, proleakproof, array_to_string(proconfig, ','),
      (select string_agg(x::text, ',' order by x::text) from unnest(proacl) x), pg_get_function_result(p.oid), coalesce(pg_get_function_sqlbody(p.oid), prosrc))
  from pg_proc p join spaces s on s.oid = p.pronamespace
  where not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  union all
  select 'trigger auth.users.' || tgname, pg_get_triggerdef(oid) || tgenabled::text from pg_trigger
  where tgrelid = to_regclass('auth.users') and not tgisinternal
  union all
  select 'default privileges of ' || pg_get_userbyid(defaclrole) || ' in ' || coalesce(n.nspname, 'all') || ' ' || defaclobjtype::text,
    (select string_agg(x::text, ',' order by x::text) from unnest(defaclacl) x)
  from pg_default_acl d left join pg_namespace n on n.oid = defaclnamespace
  where d.defaclnamespace = 0 or d.defaclnamespace in (select oid from spaces)
  union all
  select 'role ' || rolname, concat_ws('|', rolsuper, rolinherit, rolbypassrls, rolcreaterole,
      (select string_agg(g.rolname, ',' order by g.rolname) from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid))
  from pg_roles r where rolname in ('anon', 'authenticated', 'service_role', 'authenticator')
  union all
  select 'publication ' || pubname, string_agg(schemaname || '.' || tablename, ',' order by schemaname, tablename)
  from pg_publication_tables group by pubname
)
select json_object_agg(name, md5(coalesce(text, '')) order by name) as parts from parts
