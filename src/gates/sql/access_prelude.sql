-- What the access lints select from; each lint is one SELECT of subject, detail, fix (SQL) and severity over these.
-- $1 text[]: exposed schemas. $2 text[]: relations declared public ('schema.name'), open to readers on purpose.
-- Supabase's own schemas and schema bee answer for themselves; of storage and realtime only what apps define is read.
with recursive
api_role as materialized (select oid, rolname as name from pg_roles where rolname in ('anon', 'authenticated')),
platform as materialized (
  -- By name, since looking one up (to_regclass) is refused to roles that may not use its schema.
  select n.nspname || '.' || c.relname as name, c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where (n.nspname, c.relname) in (('auth', 'users'), ('storage', 'buckets'), ('storage', 'objects'))
),
app_schema as materialized (
  select n.oid, n.nspname as name,
    n.nspname = any ($1::text[]) and exists (select from api_role r where has_schema_privilege(r.oid, n.oid, 'usage')) as exposed
  from pg_namespace n
  where n.nspname !~ '^pg_' and n.nspname <> all (array['information_schema', 'auth', 'storage', 'realtime', 'extensions',
    'graphql', 'graphql_public', 'vault', 'pgsodium', 'pgsodium_masks', 'pgbouncer', 'cron', 'net', 'supabase_functions',
    'supabase_migrations', '_realtime', '_analytics', '_supavisor', 'pgmq', 'pgmq_public', 'bee'])
),
relation as materialized (
  select c.oid, n.oid as schema_oid, n.name as schema, c.relname as name, format('%I.%I', n.name, c.relname) as subject, c.relkind as kind,
    c.relrowsecurity as rls, c.relforcerowsecurity as forced, c.relowner as owner, c.relispartition as is_partition, n.exposed,
    coalesce((select o.option_value::boolean from pg_options_to_table(c.reloptions) o where o.option_name = 'security_invoker'), false) as invoker,
    n.name || '.' || c.relname = any (coalesce($2::text[], '{}')) as declared
  from pg_class c join app_schema n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
),
-- What each role of the API may do with each relation; has_* sees PUBLIC and inherited grants.
reach as materialized (
  select r.oid as relid, a.oid as role_oid, a.name as role,
    has_table_privilege(a.oid, r.oid, 'select') as select_all,
    has_any_column_privilege(a.oid, r.oid, 'select') as can_select,
    has_any_column_privilege(a.oid, r.oid, 'insert') as can_insert,
    has_any_column_privilege(a.oid, r.oid, 'update') as can_update,
    has_table_privilege(a.oid, r.oid, 'delete') as can_delete,
    has_table_privilege(a.oid, r.oid, 'truncate') as can_truncate,
    has_table_privilege(a.oid, r.oid, 'references') as can_reference,
    has_table_privilege(a.oid, r.oid, 'trigger') as can_trigger
  from relation r cross join api_role a
  where has_schema_privilege(a.oid, r.schema_oid, 'usage')
),
reached as materialized (
  select relid, string_agg(role, ', ' order by role) as roles from reach
  where can_select or can_insert or can_update or can_delete group by relid
),
policy as materialized (
  select p.oid, p.polrelid as relid, coalesce(r.subject, format('%I.%I', n.nspname, c.relname)) as subject, p.polname as name,
    p.polcmd as cmd, p.polpermissive as permissive, 0 = any (p.polroles) as for_public,
    array(select a.name::text from api_role a where exists (
      select from unnest(p.polroles) o where case when o = 0 then true else pg_has_role(a.oid, o, 'usage') end)) as roles,
    e.using_text, e.check_text, concat_ws(' ', e.using_text, e.check_text) as text,
    n.nspname as schema, c.relname as relname, c.relrowsecurity as rls
  from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
  left join relation r on r.oid = p.polrelid
  -- Rendered once: it is what takes time here.
  cross join lateral (select pg_get_expr(p.polqual, p.polrelid) as using_text, pg_get_expr(p.polwithcheck, p.polrelid) as check_text offset 0) e
  where r.oid is not null or (n.nspname = 'storage' and c.relname in ('objects', 'buckets'))
    or (n.nspname = 'realtime' and c.relname = 'messages')
),
-- Conditions as formulas: ⊤ true for everybody, σ for everybody signed in, α for everybody who is not, ⊥ never, · anything else.
condition as materialized (
  select distinct on (relid, text) relid, text, formula from (
    select p.relid, e.text, e.text as formula from policy p, unnest(array[p.using_text, p.check_text]) e(text) where e.text is not null
  ) all_conditions
),
plain as (
  select relid, text, regexp_replace(regexp_replace(regexp_replace(text,
    '::(?:"[^"]+"|[a-z_][\w.]*)(?: (?:varying|precision|without time zone|with time zone))?(?:\(\d+(?:,\d+)?\))?(?:\[\])?', '', 'g'),
    '(?<![\w."])(?:auth\.)?(uid|jwt|role|email)\(\)', 'auth_\1', 'g'),
    '\( SELECT (auth_\w+) AS \w+\)', '\1', 'g') as formula
  from condition
),
atoms as (
  select relid, text, regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    formula,
    -- storage: which bucket is no question of whose file.
    '\(bucket_id = ''[^'']*''\)', case when relid = (select oid from platform where name = 'storage.objects') then '⊤' else '\&' end, 'g'),
    '\((?:auth_role|\(auth_jwt ->> ''role''\)|CURRENT_USER) = ANY \(ARRAY\[(?:''anon'', ''authenticated''|''authenticated'', ''anon'')[^]]*\]\)\)|\(auth_role IS NOT NULL\)|\(auth_jwt IS NOT NULL\)', '⊤', 'g'),
    '\((?:auth_uid|\(auth_jwt ->> ''sub''\)|current_setting\(''request\.jwt\.claim\.sub''(?:, true)?\)) IS NOT NULL\)|\((?:auth_role|\(auth_jwt ->> ''(?:role|aud)''\)|CURRENT_USER) = (?:''authenticated''|ANY \(ARRAY\[''authenticated''\]\))\)|\((?:auth_role|\(auth_jwt ->> ''role''\)) <> ''anon''\)', 'σ', 'g'),
    '\((?:auth_uid|\(auth_jwt ->> ''sub''\)|current_setting\(''request\.jwt\.claim\.sub''(?:, true)?\)) IS NULL\)|\((?:auth_role|\(auth_jwt ->> ''role''\)|CURRENT_USER) = ''anon''\)', 'α', 'g'),
    '(?<![\w."''])((?:[\w.]|"[^"]+")+|''(?:[^'']|'''')*'') (?:=|<=|>=|IS NOT DISTINCT FROM) \1(?![\w."''(])', '⊤', 'g'),
    '\(0 < [1-9]\d*\)|\([1-9]\d* > 0\)|\(1 < [2-9]\d*\)|\((?:1 <> [02]|[02] <> 1)\)|\(\S+ ~~\*? ''%''\)', '⊤', 'g'),
    coalesce((select '\((?:' || string_agg(a.attname, '|') || ') IS NOT NULL\)' from pg_attribute a
      where a.attrelid = relid and a.attnum > 0 and a.attnotnull and not a.attisdropped and a.attname ~ '^[a-z_]\w*$'), '^$'), '⊤', 'g'),
    '''(?:[^'']|'''')*''', '·', 'g'), '\mtrue\M', '⊤', 'g'), '\mfalse\M', '⊥', 'g') as formula
  from plain
),
fold as (
  select relid, text, '(' || formula || ')' as formula, 0 as depth from atoms where formula ~ '[⊤σα⊥]'
  union all
  -- One level of parentheses, the innermost, per round.
  select relid, text,
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(formula,
      '\(([^()]*)\)', '‹\1›', 'g'),
      'COALESCE‹[^‹›]*, ⊤›', '⊤', 'g'),
      '[\w."]+‹[^‹›]*›', '·', 'g'),
      '‹(?:[^‹›]* OR )?⊤(?: OR [^‹›]*)?›', '⊤', 'g'),
      '‹(?:[^‹›]* OR )?(?:σ(?: OR [^‹›]*)? OR α|α(?: OR [^‹›]*)? OR σ)(?: OR [^‹›]*)?›', '⊤', 'g'),
      '‹(?:[^‹›]* OR )?([σα])(?: OR [^‹›]*)?›', '\1', 'g'),
      '‹(?:[^‹›]* AND )?⊥(?: AND [^‹›]*)?›', '⊥', 'g'),
      '‹⊤(?: AND ⊤)*›', '⊤', 'g'),
      '‹[⊤σ](?: AND [⊤σ])*›', 'σ', 'g'),
      '‹[⊤α](?: AND [⊤α])*›', 'α', 'g'),
      '‹NOT ⊥›', '⊤', 'g'),
      '‹NOT α›', 'σ', 'g'), '‹NOT σ›', 'α', 'g'),
      '‹ SELECT ([⊤σα])(?: AS [^‹› ]*)?›', '\1', 'g'),
      '‹[^‹›]*›', '·', 'g'),
    depth + 1
  from fold where formula like '%(%' and depth < 60
),
-- Who passes a condition whatever the row: all, signed-in or anon.
open_condition as materialized (
  select relid, text, case formula when '⊤' then 'all' when 'σ' then 'signed-in' else 'anon' end as passes
  from fold where formula in ('⊤', 'σ', 'α')
),
routine as materialized (
  select p.oid, p.pronamespace, p.proname as name, n.name as schema, n.exposed,
    format('%I.%I(%s)', n.name, p.proname, pg_get_function_identity_arguments(p.oid)) as subject,
    case p.prokind when 'p' then 'procedure' else 'function' end as word, p.prosecdef as definer, p.proleakproof as leakproof,
    p.prorettype in ('trigger'::regtype, 'event_trigger'::regtype) as is_trigger, p.proowner as owner, p.proconfig as config, l.lanname as language,
    (select split_part(s, '=', 2) from unnest(p.proconfig) s where s like 'search\_path=%') as path,
    p.prosqlbody is not null as parsed,
    regexp_replace(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc), '--[^\n]*|/\*.*?\*/', ' ', 'g') as body,
    array(select a.name::text from api_role a where has_function_privilege(a.oid, p.oid, 'execute')
      and has_schema_privilege(a.oid, p.pronamespace, 'usage') order by 1) as callers
  from pg_proc p join app_schema n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
  where p.prokind in ('f', 'p')
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
),
-- Routines that ask who the caller is, by themselves or by one that does.
asks_caller as materialized (
  select oid, name from routine
  where body ~* '(?<!\w)auth\s*\.\s*"?(uid|jwt|role|email)"?\s*\(|request\.jwt|(?<![.\w])(uid|jwt)\(\)'
),
identifies as materialized (
  select oid, name from asks_caller
  union
  select r.oid, r.name from routine r
  where r.body ~* (select '(?<!\w)(' || string_agg(distinct name, '|') || ')"?\s*\(' from asks_caller where name ~ '^\w+$')
),
person as materialized (
  -- Keys that are a user's id: of auth.users, and of tables whose key refers to it (profiles).
  select (select oid from platform where name = 'auth.users') as relid
  union
  select k.conrelid from pg_constraint k
  join pg_constraint u on u.conrelid = k.conrelid and u.contype in ('p', 'u') and u.conkey = k.conkey
  where k.contype = 'f' and k.confrelid = (select oid from platform where name = 'auth.users') and cardinality(k.conkey) = 1
),
-- Per table, so that whoever looks into them looks once.
policy_text as materialized (
  select relid, string_agg(text, E'\n') as text from policy group by relid
),
-- Columns that say whose a row is: a user, or a tenant.
own_column as materialized (
  select r.oid as relid, a.attnum, a.attname as name from relation r join pg_attribute a on a.attrelid = r.oid
  left join policy_text p on p.relid = r.oid
  where r.kind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and (
    exists (select from pg_constraint k join person x on x.relid = k.confrelid
      where k.contype = 'f' and k.conrelid = r.oid and k.conkey = array[a.attnum])
    or (a.atttypid in ('uuid'::regtype, 'text'::regtype, 'varchar'::regtype) and a.attname ~* '^(user|owner|author|member|profile)_?(id|uuid)$|^(owner|created_by|uid)$')
    or a.attname ~* '^(tenant|org|organi[sz]ation|team|workspace|company|household|clinic|practice)_?(id|uuid)?$'
    -- The plain search comes first: a pattern per column is compiled only for those that are named at all.
    or (a.attname ~ '^\w+$' and strpos(p.text, a.attname) > 0 and p.text like '%uid(%'
      and p.text ~ ('(?<![\w.])' || a.attname || '\)?(?:::\w+)? = \(? ?(SELECT )?(auth\.)?uid\(|(?<!\w)uid\(\)( AS uid\))?(?:::\w+)? = ' || a.attname || '(?!\w)'))
  )
),
owned as materialized (select r.oid as relid, r.subject, r.declared, true as directly from relation r where r.oid in (select relid from own_column)
  union
  -- Rows that hang on an owned one, unless that is public itself.
  select r.oid, r.subject, r.declared, false from relation r join pg_constraint k on k.conrelid = r.oid and k.contype = 'f'
  join relation parent on parent.oid = k.confrelid and not parent.declared
  where k.confrelid <> r.oid and r.kind in ('r', 'p') and r.oid not in (select relid from own_column)
    and k.confrelid in (select relid from own_column) and k.confrelid not in (select relid from person)
),
row_trigger as materialized (
  -- tgtype: 1 row, 2 before, 4 insert, 16 update.
  select t.tgrelid as relid, t.tgtype & 4 > 0 as on_insert, t.tgtype & 16 > 0 as on_update, p.oid as routine,
    regexp_replace(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc), '--[^\n]*|/\*.*?\*/', ' ', 'g') as body
  from pg_trigger t join pg_proc p on p.oid = t.tgfoid
  where not t.tgisinternal and t.tgtype & 3 = 3 and t.tgenabled <> 'D'
),
bucket as materialized (
  -- Read through text, since the table need not exist.
  select (regexp_match(entry, '<id>(.*?)</id>'))[1] as id
  from regexp_split_to_table(case when (select oid from platform where name = 'storage.buckets') is not null and has_table_privilege((select oid from platform where name = 'storage.buckets'), 'select')
    then query_to_xml('select id from storage.buckets where public', true, false, '')::text else '' end, '</row>') entry
  where entry like '%<id>%'
)
