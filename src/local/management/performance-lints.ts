import { type Lint, ownSchemas } from "./lint.ts";

export const performanceLints: readonly Lint[] = [
  {
    name: "unindexed_foreign_keys",
    title: "Unindexed foreign keys",
    level: "INFO",
    category: "PERFORMANCE",
    description:
      "A foreign key has no index that begins with its columns: deletes of the referenced rows scan the table.",
    reference: "0001",
    kind: "table",
    sql: `select n.nspname as schema, c.relname as name,
        format('Table \`%s.%s\` has a foreign key \`%s\` without a covering index.', n.nspname, c.relname, k.conname) as detail
      from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where k.contype = 'f' and n.nspname not in ${ownSchemas}
        and not exists (
          select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisvalid and i.indpred is null
            and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
            and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] <@ k.conkey)`,
  },
  {
    name: "auth_rls_initplan",
    title: "Auth RLS Initialization Plan",
    level: "WARN",
    category: "PERFORMANCE",
    description:
      "A policy calls an auth function or current_setting for every row instead of once, inside a sub-select.",
    reference: "0003",
    kind: "table",
    sql: `select n.nspname as schema, c.relname as name,
        format('Table \`%s.%s\` has a row level security policy \`%s\` that re-evaluates current_setting() or auth.<function>() for each row.',
          n.nspname, c.relname, p.polname) as detail
      from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        cross join lateral (select lower(concat_ws(' ', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
          pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))) as text) as expression
      where n.nspname not in ${ownSchemas} and c.relrowsecurity
        and regexp_count(expression.text, '(auth\\.(uid|jwt|role|email)|current_setting)\\(')
          > regexp_count(expression.text, 'select\\s+(auth\\.(uid|jwt|role|email)|current_setting)\\(')`,
  },
  {
    name: "no_primary_key",
    title: "No Primary Key",
    level: "INFO",
    category: "PERFORMANCE",
    description: "A table has no primary key: rows cannot be addressed, and replication needs more work.",
    reference: "0004",
    kind: "table",
    sql: `select n.nspname as schema, c.relname as name,
        format('Table \`%s.%s\` does not have a primary key', n.nspname, c.relname) as detail
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ${ownSchemas}
        and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass
          and d.objid = c.oid and d.deptype = 'e')
        and not exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisprimary)`,
  },
  {
    name: "multiple_permissive_policies",
    title: "Multiple Permissive Policies",
    level: "WARN",
    category: "PERFORMANCE",
    description: "Several permissive policies hold for one role and action: each is evaluated for every row.",
    reference: "0006",
    kind: "table",
    sql: `select n.nspname as schema, c.relname as name,
        format('Table \`%s.%s\` has multiple permissive policies for role \`%s\` for action \`%s\`. Policies include %s',
          n.nspname, c.relname, roles.name, action.name, array_agg(p.polname order by p.polname)) as detail
      from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        cross join lateral (select coalesce(r.rolname, 'public') as name from unnest(p.polroles) as role_oid
          left join pg_catalog.pg_roles r on r.oid = role_oid) as roles
        join (values ('r', 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE'), ('d', 'DELETE')) as action(cmd, name)
          on p.polcmd in (action.cmd::"char", '*')
      where p.polpermissive and c.relrowsecurity and n.nspname not in ${ownSchemas}
      group by n.nspname, c.relname, roles.name, action.name having count(*) > 1`,
  },
  {
    name: "duplicate_index",
    title: "Duplicate Index",
    level: "WARN",
    category: "PERFORMANCE",
    description: "Two indexes of a table are the same: one of them only costs.",
    reference: "0009",
    kind: "table",
    sql: `select n.nspname as schema, c.relname as name,
        format('Table \`%s.%s\` has identical indexes %s. Drop all except one of them', n.nspname, c.relname,
          array_agg(ic.relname order by ic.relname)) as detail
      from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indrelid
        join pg_catalog.pg_class ic on ic.oid = i.indexrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname not in ${ownSchemas}
      group by n.nspname, c.relname, replace(pg_catalog.pg_get_indexdef(i.indexrelid), ic.relname, '')
      having count(*) > 1`,
  },
];
