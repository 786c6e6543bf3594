import { address, comment, grants, inApp, notInternal, notMember, owner } from "./fragments.ts";

export const schemasSql = `
select 'schema', quote_ident(n.nspname), null::text, ${address("pg_namespace", "n.oid")}, null::int,
  jsonb_build_object('owner', ${owner("n.nspowner")}, 'grants', ${grants("n.nspacl", "acldefault('n', n.nspowner)")},
    'comment', ${comment("n.oid", "pg_namespace")})
from pg_namespace n where ${inApp("n.oid")} and ${notMember("pg_namespace", "n.oid")}`;

export const extensionsSql = `
select 'extension', quote_ident(e.extname), null::text, ${address("pg_extension", "e.oid")}, null::int,
  jsonb_build_object('schema', e.extnamespace::regnamespace::text, 'version', e.extversion)
from pg_extension e where e.extname <> 'plpgsql'`;

export const typesSql = `
select case t.typtype when 'e' then 'enum' when 'c' then 'composite type' when 'd' then 'domain' else 'range type' end,
  format_type(t.oid, null), null::text, ${address("pg_type", "t.oid")}, null::int,
  jsonb_build_object('owner', ${owner("t.typowner")}, 'grants', ${grants("t.typacl", "acldefault('T', t.typowner)")},
    'comment', ${comment("t.oid", "pg_type")},
    'labels', (select jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
    'attributes', (select jsonb_agg(jsonb_build_array(quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
        case when a.attcollation <> at.typcollation then a.attcollation::regcollation::text end) order by a.attnum)
      from pg_attribute a join pg_type at on at.oid = a.atttypid
      where a.attrelid = t.typrelid and t.typtype = 'c' and a.attnum > 0 and not a.attisdropped),
    'base', case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end,
    'notNull', t.typnotnull, 'default', t.typdefault,
    'collation', case when t.typtype = 'd' and t.typcollation <> bt.typcollation then t.typcollation::regcollation::text end,
    'range', (select jsonb_build_object('subtype', format_type(r.rngsubtype, null), 'multirange', format_type(r.rngmultitypid, null),
        'opclass', r.rngsubopc, 'collation', nullif(r.rngcollation, 0)::regcollation::text,
        'canonical', nullif(r.rngcanonical, 0)::regproc::text, 'diff', nullif(r.rngsubdiff, 0)::regproc::text)
      from pg_range r where r.rngtypid = t.oid))
from pg_type t left join pg_type bt on bt.oid = t.typbasetype
where t.typtype in ('e', 'c', 'd', 'r') and ${inApp("t.typnamespace")} and ${notMember("pg_type", "t.oid")}
  and (t.typtype <> 'c' or exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))`;

export const functionsSql = `
select 'function', p.oid::regprocedure::text, null::text, ${address("pg_proc", "p.oid")}, null::int,
  jsonb_build_object('form', case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
    'owner', ${owner("p.proowner")}, 'grants', ${grants("p.proacl", "acldefault('f', p.proowner)")},
    'comment', ${comment("p.oid", "pg_proc")},
    'arguments', pg_get_function_arguments(p.oid), 'result', pg_get_function_result(p.oid),
    'definition', case when p.prokind <> 'a' then pg_get_functiondef(p.oid) else (
      select jsonb_build_object('transition', g.aggtransfn::regprocedure::text, 'state', format_type(g.aggtranstype, null),
        'final', nullif(g.aggfinalfn, 0)::regprocedure::text, 'initial', g.agginitval, 'kind', g.aggkind,
        'combine', nullif(g.aggcombinefn, 0)::regprocedure::text)::text
      from pg_aggregate g where g.aggfnoid = p.oid) end)
from pg_proc p where ${inApp("p.pronamespace")} and ${notMember("pg_proc", "p.oid")} and ${notInternal("pg_proc", "p.oid")}`;

export const eventTriggersSql = `
select 'event trigger', quote_ident(e.evtname), null::text, ${address("pg_event_trigger", "e.oid")}, null::int,
  jsonb_build_object('owner', ${owner("e.evtowner")}, 'event', e.evtevent, 'enabled', e.evtenabled,
    'tags', to_jsonb(e.evttags), 'function', e.evtfoid::regprocedure::text, 'comment', ${comment("e.oid", "pg_event_trigger")})
from pg_event_trigger e join pg_proc f on f.oid = e.evtfoid where ${inApp("f.pronamespace")}`;

export const publicationsSql = `
select 'publication', quote_ident(p.pubname), null::text, ${address("pg_publication", "p.oid")}, null::int,
  jsonb_build_object('owner', ${owner("p.pubowner")}, 'allTables', p.puballtables, 'viaRoot', p.pubviaroot,
    'publish', array_to_json(array_remove(array[case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
      case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end], null)),
    'comment', ${comment("p.oid", "pg_publication")})
from pg_publication p
union all
select 'publication table', r.prrelid::regclass::text, quote_ident(p.pubname), ${address("pg_publication_rel", "r.oid")}, null::int,
  jsonb_build_object('where', pg_get_expr(r.prqual, r.prrelid), 'columns', (select jsonb_agg(quote_ident(a.attname) order by a.attname)
    from unnest(r.prattrs) as number join pg_attribute a on a.attrelid = r.prrelid and a.attnum = number))
from pg_publication_rel r join pg_publication p on p.oid = r.prpubid join pg_class c on c.oid = r.prrelid
where ${inApp("c.relnamespace")}
union all
select 'publication schema', m.pnnspid::regnamespace::text, quote_ident(p.pubname),
  ${address("pg_publication_namespace", "m.oid")}, null::int, '{}'::jsonb
from pg_publication_namespace m join pg_publication p on p.oid = m.pnpubid where ${inApp("m.pnnspid")}`;

export const defaultPrivilegesSql = `
select 'default privileges', concat('for ', quote_ident(r.rolname), ' in ' || d.defaclnamespace::regnamespace::text, ' on ',
    case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end),
  null::text, ${address("pg_default_acl", "d.oid")}, null::int,
  jsonb_build_object('role', r.rolname, 'objects',
    case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end,
    'schema', (select quote_ident(nspname) from pg_namespace where oid = d.defaclnamespace),
    'grants', ${grants("d.defaclacl", "null::aclitem[]")})
from pg_default_acl d join pg_roles r on r.oid = d.defaclrole where d.defaclnamespace = 0 or ${inApp("d.defaclnamespace")}`;

/** Settings may hold secrets: only their digest leaves the server. */
export const settingsSql = `
select 'setting', case when s.setrole = 0 then 'of the database' else 'of role ' || quote_ident(pg_get_userbyid(s.setrole)) end
    || case when s.setdatabase = 0 or s.setrole = 0 then '' else ' here' end || ': ' || split_part(entry, '=', 1),
  null::text, '0/' || s.setdatabase || '.' || s.setrole || '/' || split_part(entry, '=', 1), null::int,
  jsonb_build_object('role', case when s.setrole <> 0 then quote_ident(pg_get_userbyid(s.setrole)) end,
    'here', s.setdatabase <> 0, 'name', split_part(entry, '=', 1), 'digest', md5(entry))
from pg_db_role_setting s, unnest(s.setconfig) as entry
where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))`;

export const rolesSql = `
select 'role', quote_ident(r.rolname), null::text, ${address("pg_authid", "r.oid")}, null::int,
  jsonb_build_object('login', r.rolcanlogin, 'inherit', r.rolinherit, 'bypassRls', r.rolbypassrls, 'createRole', r.rolcreaterole,
    'createDatabase', r.rolcreatedb, 'superuser', r.rolsuper, 'replication', r.rolreplication,
    'memberOf', (select coalesce(jsonb_agg(distinct pg_get_userbyid(m.roleid)::text), '[]') from pg_auth_members m where m.member = r.oid))
from pg_roles r where r.oid >= 16384`;

/** Kinds that bee tells apart only as being there or not. */
export const otherSql = `
select 'other', o.type || ' ' || o.identity, null::text, classid || '/' || objid || '/0', null::int, '{}'::jsonb
from (
  select 'pg_operator'::regclass::oid as classid, oid as objid, oprnamespace as namespace from pg_operator
  union all select 'pg_opclass'::regclass, oid, opcnamespace from pg_opclass
  union all select 'pg_opfamily'::regclass, oid, opfnamespace from pg_opfamily
  union all select 'pg_collation'::regclass, oid, collnamespace from pg_collation
  union all select 'pg_conversion'::regclass, oid, connamespace from pg_conversion
  union all select 'pg_ts_config'::regclass, oid, cfgnamespace from pg_ts_config
  union all select 'pg_ts_dict'::regclass, oid, dictnamespace from pg_ts_dict
  union all select 'pg_ts_parser'::regclass, oid, prsnamespace from pg_ts_parser
  union all select 'pg_ts_template'::regclass, oid, tmplnamespace from pg_ts_template
  union all select 'pg_type'::regclass, oid, typnamespace from pg_type where typtype = 'b' and typelem = 0
  union all select 'pg_cast'::regclass, oid, null from pg_cast
  union all select 'pg_transform'::regclass, oid, null from pg_transform
  union all select 'pg_language'::regclass, oid, null from pg_language
  union all select 'pg_foreign_data_wrapper'::regclass, oid, null from pg_foreign_data_wrapper
  union all select 'pg_foreign_server'::regclass, oid, null from pg_foreign_server
) as object, pg_identify_object(classid, objid, 0) as o
where objid >= 16384 and (namespace is null or ${inApp("namespace")})
  and not exists (select from pg_depend d where d.classid = object.classid and d.objid = object.objid and d.deptype in ('e', 'i'))`;
