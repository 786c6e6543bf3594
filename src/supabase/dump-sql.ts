/**
 * What lies in the schemas of $1 by itself: neither a part of something else nor brought by an extension. Extensions,
 * default privileges and publications of a whole schema belong to the schema, which stays.
 */
const ownSql = `
own as (
  select d.classid, d.objid from pg_depend d join pg_namespace n on n.oid = d.refobjid
  where d.refclassid = 'pg_namespace'::regclass and n.nspname = any ($1::text[]) and d.deptype = 'n'
    and d.classid not in ('pg_extension'::regclass, 'pg_default_acl'::regclass, 'pg_publication_namespace'::regclass)
    and not exists (
      select from pg_depend e where e.classid = d.classid and e.objid = d.objid and e.deptype in ('e', 'i', 'a', 'P', 'S')
        -- A partitioned table is part of itself by its key.
        and (e.refclassid, e.refobjid) <> (d.classid, d.objid)
    )
)`;

/** `outside`: objects elsewhere that need something inside. */
const outsideSql = `
${ownSql},
inside as (
  select classid, objid from own
  union
  select d.classid, d.objid from inside i join pg_depend d
    on d.refclassid = i.classid and d.refobjid = i.objid and d.deptype in ('a', 'i', 'P', 'S')
),
outside as (
  select distinct d.classid, d.objid from inside i join pg_depend d on d.refclassid = i.classid and d.refobjid = i.objid
  where not exists (select from inside there where there.classid = d.classid and there.objid = d.objid)
)`;

export const dropsSql = `
with ${ownSql}
select format('drop %s if exists %s cascade', replace(i.type, 'composite type', 'type'), i.identity) as sql
from own, pg_identify_object(classid, objid, 0) as i`;

export const obstaclesSql = `
with recursive ${outsideSql}
select pg_describe_object(o.classid, o.objid, 0) as what from outside o
where o.classid <> 'pg_policy'::regclass
  and not (o.classid = 'pg_trigger'::regclass and not (select tgisinternal from pg_trigger t where t.oid = o.objid))
order by 1`;

/**
 * What pg_dump leaves out of such a dump: triggers and policies on the platform's tables that use what is inside, and
 * which publications the tables are in. As SQL that makes it again; needs an empty search_path.
 */
export const attachedSql = `
with recursive ${outsideSql}
select pg_describe_object('pg_trigger'::regclass, t.oid, 0) as label,
  pg_get_triggerdef(t.oid) || case t.tgenabled when 'O' then ''
    else format('; alter table %s %s trigger %I', t.tgrelid::regclass,
      case t.tgenabled when 'D' then 'disable' when 'A' then 'enable always' else 'enable replica' end, t.tgname) end as sql
from outside o join pg_trigger t on t.oid = o.objid where o.classid = 'pg_trigger'::regclass and not t.tgisinternal
union all
select pg_describe_object('pg_policy'::regclass, p.oid, 0),
  format('create policy %I on %s as %s for %s to %s', p.polname, p.polrelid::regclass,
    case when p.polpermissive then 'permissive' else 'restrictive' end,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
    (select string_agg(coalesce(quote_ident(r.rolname), 'public'), ', ')
     from unnest(p.polroles) as role left join pg_roles r on r.oid = role))
  || coalesce(' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
  || coalesce(' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
from outside o join pg_policy p on p.oid = o.objid where o.classid = 'pg_policy'::regclass
union all
select format('%s in publication %s', r.prrelid::regclass, p.pubname),
  format('alter publication %I add table only %s', p.pubname, r.prrelid::regclass)
  || coalesce((select ' (' || string_agg(quote_ident(a.attname), ', ' order by a.attnum) || ')'
     from pg_attribute a where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)), '')
  || coalesce(' where (' || pg_get_expr(r.prqual, r.prrelid) || ')', '')
from pg_publication_rel r join pg_publication p on p.oid = r.prpubid join pg_class c on c.oid = r.prrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any ($1::text[])
order by 1`;

const kinds =
  "(values ('r', 'tables', 'r'), ('S', 'sequences', 's'), ('f', 'functions', 'f'), ('T', 'types', 'T'), ('n', 'schemas', 'n')) as kind (type, word, letter)";
const grantee = "coalesce(quote_ident(grantee.rolname), 'public')";

/**
 * Default privileges act on what the restore makes, and pg_dump counts on there being none: without this a table that
 * was closed to the API's roles would come back open. Those of the schemas come back with the dump; those of no schema
 * are put back by the second column.
 */
export const defaultPrivilegesSql = `
select format('alter default privileges for role %I%s revoke all on %s from %s', owner.rolname,
    coalesce(' in schema ' || quote_ident(n.nspname), ''), kind.word, ${grantee}) as reset,
  null as back, 1 as place
from pg_default_acl d join ${kinds} on kind.type = d.defaclobjtype::text
join pg_roles owner on owner.oid = d.defaclrole left join pg_namespace n on n.oid = d.defaclnamespace
cross join lateral (select distinct item.grantee from aclexplode(d.defaclacl) as item) as given
left join pg_roles grantee on grantee.oid = given.grantee
where (n.nspname = any ($1::text[]) and pg_has_role(owner.oid, 'member')) or (n.oid is null and owner.rolname = current_user)
union all
select format('alter default privileges for role %I grant %s on %s to %s', owner.rolname, item.privilege_type, kind.word, ${grantee}),
  format('alter default privileges for role %I revoke %s on %s from %s', owner.rolname, item.privilege_type, kind.word, ${grantee}), 2
from pg_default_acl d join ${kinds} on kind.type = d.defaclobjtype::text
join pg_roles owner on owner.oid = d.defaclrole,
lateral aclexplode(acldefault(kind.letter::"char", d.defaclrole)) as item left join pg_roles grantee on grantee.oid = item.grantee
where d.defaclnamespace = 0 and owner.rolname = current_user
union all
select null, format('alter default privileges for role %I grant %s on %s to %s%s', owner.rolname, item.privilege_type,
    kind.word, ${grantee}, case when item.is_grantable then ' with grant option' else '' end), 3
from pg_default_acl d join ${kinds} on kind.type = d.defaclobjtype::text
join pg_roles owner on owner.oid = d.defaclrole,
lateral aclexplode(d.defaclacl) as item left join pg_roles grantee on grantee.oid = item.grantee
where d.defaclnamespace = 0 and owner.rolname = current_user
order by place`;

/** The rights on the schemas themselves, as the dump's own grants take them to be before. */
export const schemaRightsSql = `
with kept as (
  select n.*, pg_get_userbyid(n.nspowner) as owner from pg_namespace n
  where n.nspname = any ($1::text[]) and pg_has_role(n.nspowner, 'member')
)
select sql from (
  select 1 as place, format('revoke all on schema %I from %s', nspname, ${grantee}) as sql
  from kept, lateral (select distinct item.grantee from aclexplode(nspacl) as item) as given
  left join pg_roles grantee on grantee.oid = given.grantee
  where given.grantee <> nspowner
  union all
  select 2, format('grant all on schema %I to %I', nspname, owner) from kept
  union all
  select 2, 'grant usage on schema public to public' from kept where nspname = 'public'
) as commands order by place`;

export const targetSql = `
select current_setting('server_version_num')::int / 10000 as major,
  array(select nspname::text from pg_namespace where nspname = any ($1::text[])) as schemas,
  array(select rolname::text from pg_roles where pg_has_role(oid, 'member')) as roles,
  array(select nspname::text from pg_namespace
        where nspname !~ '^pg_' and nspname <> all ($1::text[]) and nspname <> all ($2::text[]) order by 1) as newer`;
