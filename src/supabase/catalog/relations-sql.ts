import { address, comment, grants, inApp, notMember, owner, relationName } from "./fragments.ts";

const sequenceOptions = (s: string): string =>
  `'type', format_type(${s}.seqtypid, null), 'start', ${s}.seqstart::text, 'increment', ${s}.seqincrement::text,
   'minimum', ${s}.seqmin::text, 'maximum', ${s}.seqmax::text, 'cache', ${s}.seqcache::text, 'cycle', ${s}.seqcycle`;

const options = (list: string): string =>
  `(select coalesce(jsonb_agg(entry order by entry), '[]') from unnest(${list}) as entry)`;

export const tablesSql = `
select 'table', ${relationName("c.relnamespace", "c.relname")}, null::text, ${address("pg_class", "c.oid")}, null::int,
  jsonb_build_object('owner', ${owner("c.relowner")}, 'grants', ${grants("c.relacl", "acldefault('r', c.relowner)")},
    'comment', ${comment("c.oid", "pg_class")},
    'form', case c.relkind when 'r' then 'table' when 'p' then 'partitioned' else 'foreign' end,
    'persistence', c.relpersistence, 'options', ${options("c.reloptions")},
    'rowSecurity', c.relrowsecurity, 'forceRowSecurity', c.relforcerowsecurity,
    'replicaIdentity', c.relreplident::text || coalesce((select ' ' || quote_ident(i.relname) from pg_index x
      join pg_class i on i.oid = x.indexrelid where x.indrelid = c.oid and x.indisreplident), ''),
    'accessMethod', coalesce(m.amname, 'heap'),
    'partitionBy', pg_get_partkeydef(c.oid), 'bound', pg_get_expr(c.relpartbound, c.oid),
    'inherits', (select coalesce(jsonb_agg(inhparent::regclass::text order by inhseqno), '[]') from pg_inherits where inhrelid = c.oid),
    'server', (select jsonb_build_array(s.srvname, ${options("f.ftoptions")}) from pg_foreign_table f
      join pg_foreign_server s on s.oid = f.ftserver where f.ftrelid = c.oid),
    'type', case when c.reloftype <> 0 then format_type(c.reloftype, null) end)
from pg_class c left join pg_am m on m.oid = c.relam
where c.relkind in ('r', 'p', 'f') and ${inApp("c.relnamespace")} and ${notMember("pg_class", "c.oid")}`;

export const columnsSql = `
select 'column', quote_ident(a.attname), ${relationName("c.relnamespace", "c.relname")},
  ${address("pg_class", "c.oid", "a.attnum")}, a.attnum::int,
  jsonb_build_object('type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
    'default', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
    'generated', case when a.attgenerated <> '' then jsonb_build_array(a.attgenerated, pg_get_expr(d.adbin, d.adrelid)) end,
    'identity', case when a.attidentity <> '' then (select jsonb_build_object('always', a.attidentity = 'a',
      'sequence', dep.objid::regclass::text, ${sequenceOptions("s")})
      from pg_depend dep join pg_sequence s on s.seqrelid = dep.objid
      where dep.classid = 'pg_class'::regclass and dep.refclassid = 'pg_class'::regclass and dep.refobjid = c.oid
        and dep.refobjsubid = a.attnum and dep.deptype = 'i') end,
    'collation', case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end,
    'storage', case when a.attstorage <> t.typstorage then a.attstorage end,
    'compression', nullif(a.attcompression::text, ''),
    'statistics', nullif(coalesce(a.attstattarget, -1), -1), 'options', ${options("a.attoptions")},
    'grants', ${grants("a.attacl", "null::aclitem[]")}, 'comment', ${comment("c.oid", "pg_class", "a.attnum")},
    'inherited', a.attinhcount > 0)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('r', 'p', 'f') and ${inApp("c.relnamespace")} and ${notMember("pg_class", "c.oid")}`;

export const viewsSql = `
select case c.relkind when 'v' then 'view' else 'materialized view' end, ${relationName("c.relnamespace", "c.relname")},
  null::text, ${address("pg_class", "c.oid")}, null::int,
  jsonb_build_object('owner', ${owner("c.relowner")}, 'grants', ${grants("c.relacl", "acldefault('r', c.relowner)")},
    'comment', ${comment("c.oid", "pg_class")}, 'options', ${options("c.reloptions")},
    'definition', pg_get_viewdef(c.oid),
    'columns', (select jsonb_agg(jsonb_build_array(quote_ident(a.attname), format_type(a.atttypid, a.atttypmod)) order by a.attnum)
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
    'columnComments', (select jsonb_object_agg(quote_ident(a.attname), col_description(c.oid, a.attnum))
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and col_description(c.oid, a.attnum) is not null),
    'columnDefaults', (select jsonb_object_agg(quote_ident(a.attname), pg_get_expr(d.adbin, d.adrelid))
      from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = c.oid),
    'columnGrants', (select jsonb_object_agg(quote_ident(a.attname), ${grants("a.attacl", "null::aclitem[]")})
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and a.attacl is not null))
from pg_class c
where c.relkind in ('v', 'm') and ${inApp("c.relnamespace")} and ${notMember("pg_class", "c.oid")}`;

/** Those behind identity columns are told with their column. */
export const sequencesSql = `
select 'sequence', ${relationName("c.relnamespace", "c.relname")}, null::text, ${address("pg_class", "c.oid")}, null::int,
  jsonb_build_object('owner', ${owner("c.relowner")}, 'grants', ${grants("c.relacl", "acldefault('s', c.relowner)")},
    'comment', ${comment("c.oid", "pg_class")}, 'persistence', c.relpersistence, ${sequenceOptions("s")},
    'ownedBy', (select jsonb_build_array(dep.refobjid::regclass::text, quote_ident(a.attname)) from pg_depend dep
      join pg_attribute a on a.attrelid = dep.refobjid and a.attnum = dep.refobjsubid
      where dep.classid = 'pg_class'::regclass and dep.objid = c.oid and dep.deptype = 'a'
        and dep.refclassid = 'pg_class'::regclass and dep.refobjsubid > 0))
from pg_class c join pg_sequence s on s.seqrelid = c.oid
where ${inApp("c.relnamespace")} and ${notMember("pg_class", "c.oid")}
  and not exists (select from pg_depend dep where dep.classid = 'pg_class'::regclass and dep.objid = c.oid and dep.deptype = 'i')`;
