import { type Lint, ownSchemas } from "./lint.ts";

/** A relation that the roles of the API can read or write. */
const exposed = (relation: string) => `(
  has_schema_privilege('anon', n.oid, 'usage') or has_schema_privilege('authenticated', n.oid, 'usage'))
  and (has_any_column_privilege('anon', ${relation}, 'select,insert,update,references')
    or has_any_column_privilege('authenticated', ${relation}, 'select,insert,update,references')
    or has_table_privilege('anon', ${relation}, 'delete') or has_table_privilege('authenticated', ${relation}, 'delete'))`;

const notOfExtension = (catalog: string, oid: string) => `not exists (
  select from pg_catalog.pg_depend d
  where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;

export const securityLints: readonly Lint[] = [
  {
    name: "rls_disabled_in_public",
    title: "RLS Disabled in Public",
    level: "ERROR",
    category: "SECURITY",
    description:
      "A table in an exposed schema has no row level security: everybody with the public key can use it.",
    reference: "0013",
    kind: "table",
    sql: `select n.nspname as schema, c.relname as name,
        format('Table \`%s.%s\` is public, but RLS has not been enabled.', n.nspname, c.relname) as detail
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relrowsecurity and n.nspname not in ${ownSchemas}
        and ${notOfExtension("pg_catalog.pg_class", "c.oid")} and ${exposed("c.oid")}`,
  },
  {
    name: "policy_exists_rls_disabled",
    title: "Policy Exists RLS Disabled",
    level: "ERROR",
    category: "SECURITY",
    description: "A table has policies that do nothing, because row level security is off.",
    reference: "0007",
    kind: "table",
    sql: `select n.nspname as schema, c.relname as name,
        format('Table \`%s.%s\` has RLS policies but RLS is not enabled on the table. Policies: %s', n.nspname, c.relname,
          string_agg(p.polname, ', ' order by p.polname)) as detail
      from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where not c.relrowsecurity and n.nspname not in ${ownSchemas}
      group by 1, 2`,
  },
  {
    name: "rls_enabled_no_policy",
    title: "RLS Enabled No Policy",
    level: "INFO",
    category: "SECURITY",
    description: "A table has row level security and no policy: nobody but the service can use it.",
    reference: "0008",
    kind: "table",
    sql: `select n.nspname as schema, c.relname as name,
        format('Table \`%s.%s\` has RLS enabled, but no policies exist', n.nspname, c.relname) as detail
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and c.relrowsecurity and n.nspname not in ${ownSchemas}
        and ${notOfExtension("pg_catalog.pg_class", "c.oid")}
        and not exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid)`,
  },
  {
    name: "security_definer_view",
    title: "Security Definer View",
    level: "ERROR",
    category: "SECURITY",
    description:
      "A view runs with the rights of its owner and so passes by the policies of the tables below it.",
    reference: "0010",
    kind: "view",
    sql: `select n.nspname as schema, c.relname as name,
        format('View \`%s.%s\` is defined with the SECURITY DEFINER property', n.nspname, c.relname) as detail
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'v' and n.nspname not in ${ownSchemas}
        and ${notOfExtension("pg_catalog.pg_class", "c.oid")} and ${exposed("c.oid")}
        and not coalesce((select option_value::bool from pg_catalog.pg_options_to_table(c.reloptions)
          where option_name = 'security_invoker'), false)`,
  },
  {
    name: "function_search_path_mutable",
    title: "Function Search Path Mutable",
    level: "WARN",
    category: "SECURITY",
    description:
      "A function takes its search_path from the caller, who can put own objects before the meant ones.",
    reference: "0011",
    kind: "function",
    sql: `select n.nspname as schema, p.proname as name,
        format('Function \`%s.%s\` has a role mutable search_path', n.nspname, p.proname) as detail
      from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where p.prokind in ('f', 'p') and n.nspname not in ${ownSchemas}
        and ${notOfExtension("pg_catalog.pg_proc", "p.oid")}
        and not exists (select from unnest(p.proconfig) as setting where setting like 'search_path=%')
        and p.prosqlbody is null`,
  },
  {
    name: "extension_in_public",
    title: "Extension in Public",
    level: "WARN",
    category: "SECURITY",
    description: "An extension is installed in schema public, where its objects are part of the API.",
    reference: "0014",
    kind: "extension",
    sql: `select n.nspname as schema, e.extname as name,
        format('Extension \`%s\` is installed in the public schema. Move it to another schema.', e.extname) as detail
      from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
      where n.nspname = 'public'`,
  },
  {
    name: "materialized_view_in_api",
    title: "Materialized View in API",
    level: "WARN",
    category: "SECURITY",
    description: "A materialized view knows no policies; whoever may read it reads all of it.",
    reference: "0016",
    kind: "view",
    sql: `select n.nspname as schema, c.relname as name,
        format('Materialized view \`%s.%s\` is selectable by anon or authenticated roles', n.nspname, c.relname) as detail
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'm' and n.nspname not in ${ownSchemas} and ${exposed("c.oid")}`,
  },
  {
    name: "rls_references_user_metadata",
    title: "RLS References User Metadata",
    level: "ERROR",
    category: "SECURITY",
    description: "A policy trusts user_metadata, which every user can write for themselves.",
    reference: "0015",
    kind: "table",
    sql: `select n.nspname as schema, c.relname as name,
        format('Table \`%s.%s\` has a row level security policy \`%s\` that references Supabase Auth \`user_metadata\`.',
          n.nspname, c.relname, p.polname) as detail
      from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname not in ${ownSchemas}
        and concat(pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
          ~ 'user_metadata'`,
  },
];
