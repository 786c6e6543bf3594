/** Schemas that belong to the platform, not to the app (Supabase docs, "Database › Managed schemas"), and bee's own. */
export const platformSchemas: readonly string[] = [
  ...["auth", "storage", "realtime", "_realtime", "vault", "extensions", "graphql", "graphql_public"],
  ...["supabase_migrations", "supabase_functions", "_supavisor", "_analytics", "pgbouncer", "pgsodium"],
  ...["pgsodium_masks", "pgmq", "pgtle", "cron", "net", "bee", "information_schema"],
];

/** One row per object; every part below selects these columns in this order. */
export interface CatalogRow {
  readonly kind: string;
  readonly name: string;
  readonly on_name: string | null;
  readonly address: string;
  readonly position: number | null;
  readonly facets: Record<string, unknown>;
}

/** `classid/objid/subid`, as pg_depend names things. */
export function address(catalog: string, oid: string, sub = "0"): string {
  return `'${catalog}'::regclass::oid || '/' || ${oid} || '/' || ${sub}`;
}

/** {role: [privilege, …]}, `*` for those with grant option; rights nobody changed count as the default ones. */
export function grants(acl: string, whenNull: string): string {
  return `(select coalesce(jsonb_object_agg(who, what), '{}') from (
    select coalesce(grantee.rolname, 'public') as who,
      jsonb_agg(privilege_type || case when is_grantable then '*' else '' end order by privilege_type) as what
    from aclexplode(coalesce(${acl}, ${whenNull})) as item left join pg_roles grantee on grantee.oid = item.grantee
    group by 1) as granted)`;
}

export function owner(oid: string): string {
  return `pg_get_userbyid(${oid})::text`;
}

export function comment(oid: string, catalog: string, sub?: string): string {
  return sub == null ? `obj_description(${oid}, '${catalog}')` : `col_description(${oid}, ${sub})`;
}

/** A schema of the app, by oid. */
export function inApp(namespace: string): string {
  return `${namespace} in (select oid from app_schema)`;
}

/** Not brought by an extension. */
export function notMember(catalog: string, oid: string): string {
  return `not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;
}

export const relationName = (namespace: string, name: string): string =>
  `(select quote_ident(nspname) from pg_namespace where oid = ${namespace}) || '.' || quote_ident(${name})`;

/** Not made along with something else, as a range type makes its constructors. */
export function notInternal(catalog: string, oid: string): string {
  return `not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'i')`;
}
