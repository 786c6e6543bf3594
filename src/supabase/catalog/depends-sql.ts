/** Who cannot be without whom, as `dependent>referenced` addresses, and which address stands for which object. */
export const dependsSql = `
select (select coalesce(json_agg(concat_ws('>', concat_ws('/', classid::oid, objid, objsubid), concat_ws('/', refclassid::oid, refobjid, refobjsubid))), '[]')
  from pg_depend where deptype in ('n', 'a', 'i') and objid >= 16384 and refobjid >= 2200
    and (refobjid >= 16384 or refclassid = 'pg_namespace'::regclass)
    and refclassid not in ('pg_cast'::regclass, 'pg_am'::regclass)) as edges,
(select coalesce(json_agg(concat_ws('>', alias, object)), '[]') from (
  select concat_ws('/', 'pg_rewrite'::regclass::oid, r.oid, 0), concat_ws('/', 'pg_class'::regclass::oid, r.ev_class, 0)
  from pg_rewrite r where r.oid >= 16384 and r.rulename = '_RETURN'
  union all
  select concat_ws('/', 'pg_attrdef'::regclass::oid, d.oid, 0), concat_ws('/', 'pg_class'::regclass::oid, d.adrelid, d.adnum)
  from pg_attrdef d
  union all
  select concat_ws('/', 'pg_type'::regclass::oid, t.oid, 0), concat_ws('/', 'pg_class'::regclass::oid, t.typrelid, 0)
  from pg_type t join pg_class c on c.oid = t.typrelid where t.oid >= 16384 and c.relkind <> 'c'
  union all
  select concat_ws('/', 'pg_class'::regclass::oid, t.typrelid, 0), concat_ws('/', 'pg_type'::regclass::oid, t.oid, 0)
  from pg_type t join pg_class c on c.oid = t.typrelid where t.oid >= 16384 and c.relkind = 'c'
  union all
  select concat_ws('/', 'pg_type'::regclass::oid, t.typarray, 0), concat_ws('/', 'pg_type'::regclass::oid, t.oid, 0)
  from pg_type t where t.oid >= 16384 and t.typarray <> 0
  union all
  select concat_ws('/', 'pg_class'::regclass::oid, k.conindid, 0), concat_ws('/', 'pg_constraint'::regclass::oid, k.oid, 0)
  from pg_constraint k where k.oid >= 16384 and k.contype in ('p', 'u', 'x')
  union all
  select concat_ws('/', d.classid::oid, d.objid, 0), concat_ws('/', d.refclassid::oid, d.refobjid, 0)
  from pg_depend d where d.deptype = 'e' and d.refclassid = 'pg_extension'::regclass
) as aliases (alias, object)) as aliases,
current_setting('server_version_num')::int / 10000 as major`;
