import { address, comment, inApp, notMember, owner, relationName } from "./fragments.ts";

const onRelation = relationName("c.relnamespace", "c.relname");

/** Copies on partitions follow from their parent's and are left out. NOT NULL is told with its column. */
export const constraintsSql = `
select 'constraint', quote_ident(k.conname),
  case when k.conrelid <> 0 then (select ${onRelation} from pg_class c where c.oid = k.conrelid) else format_type(k.contypid, null) end,
  ${address("pg_constraint", "k.oid")}, null::int,
  jsonb_build_object('type', k.contype, 'definition', pg_get_constraintdef(k.oid), 'validated', k.convalidated,
    'index', case when k.contype in ('p', 'u', 'x') then pg_get_indexdef(k.conindid) end,
    'comment', ${comment("k.oid", "pg_constraint")}, 'inherited', k.coninhcount > 0)
from pg_constraint k
where k.contype in ('c', 'f', 'p', 'u', 'x') and k.conparentid = 0
  and ((k.conrelid <> 0 and exists (select from pg_class c where c.oid = k.conrelid and ${inApp("c.relnamespace")} and ${notMember("pg_class", "c.oid")}))
    or (k.contypid <> 0 and exists (select from pg_type t where t.oid = k.contypid and ${inApp("t.typnamespace")} and ${notMember("pg_type", "t.oid")})))`;

export const indexesSql = `
select 'index', quote_ident(i.relname), ${onRelation}, ${address("pg_class", "i.oid")}, null::int,
  jsonb_build_object('definition', pg_get_indexdef(i.oid), 'valid', x.indisvalid, 'clustered', x.indisclustered,
    'comment', ${comment("i.oid", "pg_class")})
from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
where not i.relispartition and ${inApp("c.relnamespace")} and ${notMember("pg_class", "c.oid")}
  and not exists (select from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))`;

/** On every table, the platform's too: policies there are the app's. */
export const policiesSql = `
select 'policy', quote_ident(p.polname), ${onRelation}, ${address("pg_policy", "p.oid")}, null::int,
  jsonb_build_object('command', p.polcmd, 'permissive', p.polpermissive,
    'roles', (select jsonb_agg(coalesce(quote_ident(r.rolname), 'public') order by r.rolname)
      from unnest(p.polroles) as role_oid left join pg_roles r on r.oid = role_oid),
    'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid),
    'comment', ${comment("p.oid", "pg_policy")})
from pg_policy p join pg_class c on c.oid = p.polrelid
join pg_namespace n on n.oid = c.relnamespace where n.nspname not in ('bee', 'supabase_migrations', 'cron')`;

/** On tables of the platform only those that call a function of the app. */
export const triggersSql = `
select 'trigger', quote_ident(g.tgname), ${onRelation}, ${address("pg_trigger", "g.oid")}, null::int,
  jsonb_build_object('definition', pg_get_triggerdef(g.oid), 'enabled', g.tgenabled, 'comment', ${comment("g.oid", "pg_trigger")})
from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_proc f on f.oid = g.tgfoid
where not g.tgisinternal and g.tgparentid = 0 and (${inApp("c.relnamespace")} or ${inApp("f.pronamespace")})`;

export const rulesSql = `
select 'rule', quote_ident(r.rulename), ${onRelation}, ${address("pg_rewrite", "r.oid")}, null::int,
  jsonb_build_object('definition', pg_get_ruledef(r.oid), 'enabled', r.ev_enabled, 'comment', ${comment("r.oid", "pg_rewrite")})
from pg_rewrite r join pg_class c on c.oid = r.ev_class
where r.rulename <> '_RETURN' and ${inApp("c.relnamespace")} and ${notMember("pg_class", "c.oid")}`;

export const statisticsSql = `
select 'statistics', ${relationName("s.stxnamespace", "s.stxname")}, null::text, ${address("pg_statistic_ext", "s.oid")}, null::int,
  jsonb_build_object('definition', pg_get_statisticsobjdef(s.oid), 'owner', ${owner("s.stxowner")},
    'comment', ${comment("s.oid", "pg_statistic_ext")})
from pg_statistic_ext s where ${inApp("s.stxnamespace")} and ${notMember("pg_statistic_ext", "s.oid")}`;
