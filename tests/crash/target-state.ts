import { identifyProcess } from "../../src/supabase/process-identity.ts";
import { sha256 } from "./digest.ts";
import { secretValue, type World } from "./world.ts";

/** What a run leaves in the target, free of what differs between two good runs (times, ids, version numbers). */
export interface TargetState {
  readonly catalog: readonly unknown[];
  readonly history: readonly unknown[];
  readonly functions: readonly unknown[];
  readonly secrets: Readonly<Record<string, string>>;
  readonly release: unknown;
  /** What must not be there: synthetic users, half-done migrations, invalid indexes, the lock of one that lives. */
  readonly leftovers: readonly string[];
}

interface ReleasedFunction {
  readonly slug: string;
  readonly bundleSha256: string;
  readonly hostSha256: string;
  readonly version: number;
  readonly verifyJwt: boolean;
}

interface LiveFunction {
  readonly slug: string;
  readonly status: string;
  readonly version: number;
  readonly verify_jwt: boolean;
  readonly ezbr_sha256: string;
}

const catalogSql = `
select relation.relname, attribute.attname, format_type(atttypid, atttypmod) as type, attnotnull, relrowsecurity,
  pg_get_expr(adbin, adrelid) as fallback, relacl::text
from pg_class relation join pg_attribute attribute on attrelid = relation.oid and attnum > 0 and not attisdropped
left join pg_attrdef on adrelid = attrelid and adnum = attnum
where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')
union all
select relname, conname, pg_get_constraintdef(c.oid), convalidated, false, null, null
from pg_constraint c join pg_class r on r.oid = conrelid where connamespace = 'public'::regnamespace
union all
select tablename, policyname, cmd, true, true, qual, roles::text from pg_policies where schemaname = 'public'
union all
select r.relname, i.relname, pg_get_indexdef(indexrelid), indisvalid, indisready, null, null
from pg_index join pg_class r on r.oid = indrelid join pg_class i on i.oid = indexrelid
where r.relnamespace = 'public'::regnamespace
order by 1, 2, 3`;

const leftoversSql = `
select 'half-done migration ' || version from bee.migration_progress
union all select 'user ' || email from auth.users
union all select 'invalid index ' || indexrelid::regclass from pg_index where not indisvalid`;

/** `n`: the generation that is to be live; every trace of it is replaced by a fixed text. */
export async function readTargetState(world: World, n: number): Promise<TargetState> {
  const listed = (await world.api("GET", "/functions")) as readonly LiveFunction[];
  const live = [...listed].sort((a, b) => (a.slug < b.slug ? -1 : 1));
  const bodies = new Map<string, string>();
  for (const { slug } of live) bodies.set(slug, String(await world.api("GET", `/functions/${slug}/body`)));
  const secrets = (await world.api("GET", "/secrets")) as readonly { name: string; value: string }[];
  const digests = new Map([[sha256(secretValue(n)), "of the generation"]]);
  const name = (digest: string): string => digests.get(digest) ?? digest;
  return {
    catalog: await world.sql(catalogSql),
    history: await world.sql(
      "select version, name, statements from supabase_migrations.schema_migrations order by version",
    ),
    functions: live.map(({ slug, status, verify_jwt, ezbr_sha256 }) => ({
      slug,
      status,
      verify_jwt,
      body: bodies.get(slug)?.replace(`generation ${n}.`, "the generation"),
      intact: ezbr_sha256 === sha256(bodies.get(slug) ?? ""),
    })),
    secrets: Object.fromEntries(secrets.map((secret) => [secret.name, name(secret.value)])),
    release: await readRelease(world, live, name),
    leftovers: [...(await readLocks(world)), ...(await readTexts(world, leftoversSql))],
  };
}

/** The lock of a process that is gone is as good as free: the next to come takes it over at once. */
async function readLocks(world: World): Promise<readonly string[]> {
  const holders = await readTexts(world, "select coalesce(process, holder) from bee.deploy_lock");
  return holders
    .filter((process) => !identifyProcess().isGone(process))
    .map((process) => `lock of ${process}`);
}

async function readTexts(world: World, sql: string): Promise<readonly string[]> {
  return (await world.sql(sql)).flatMap((row) => Object.values(row as Record<string, string>));
}

async function readRelease(world: World, live: readonly LiveFunction[], name: (digest: string) => string) {
  const [row] = (await world.sql(
    `select release, (select json_object_agg(sha256, encode(sha256(bytes), 'hex')) from bee.bundles) as bundles
     from bee.releases order by number desc limit 1`,
  )) as readonly {
    readonly bundles: Readonly<Record<string, string>>;
    readonly release: {
      readonly migrations: unknown;
      readonly functions: readonly ReleasedFunction[];
      readonly secrets: readonly { readonly name: string; readonly sha256: string }[];
    };
  }[];
  if (row == null) return null;
  const { migrations, functions, secrets } = row.release;
  return {
    migrations,
    functions: [...functions]
      .sort((a, b) => (a.slug < b.slug ? -1 : 1))
      .map((fn) => {
        const now = live.find(({ slug }) => slug === fn.slug);
        return {
          slug: fn.slug,
          verifyJwt: fn.verifyJwt,
          isLive: now?.version === fn.version && now.ezbr_sha256 === fn.hostSha256,
          kept: row.bundles[fn.bundleSha256] === fn.bundleSha256,
        };
      }),
    secrets: secrets.map((secret) => ({ ...secret, sha256: name(secret.sha256) })),
  };
}

/** 0 where nothing was ever recorded. */
export async function countReleases(world: World): Promise<number> {
  const made = await world.sql("select from pg_class where oid = to_regclass('bee.releases')");
  if (made.length === 0) return 0;
  const rows = (await world.sql(
    "select coalesce(max(number), 0)::int as count from bee.releases",
  )) as readonly { readonly count: number }[];
  return rows[0]?.count ?? 0;
}
