import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { DeployLock, LockHolder } from "../ports/deploy-lock.ts";
import { ensureBeeSchema, isSchemaMissing, schemaVersion } from "./bee-schema.ts";
import type { Database } from "./database.ts";
import { describeQueryFailure } from "./database-error.ts";
import { identifyProcess, type ProcessIdentity } from "./process-identity.ts";

interface LockRow {
  readonly holder: string;
  readonly message: string;
  readonly acquired_at: Date;
  readonly heartbeat_at: Date;
  readonly expires_at: Date;
  /** bigint arrives as text. */
  readonly token: string;
  readonly process: string | null;
  readonly held_ms: number;
}

const maxAttempts = 5;

const columns = "holder, message, acquired_at, heartbeat_at, expires_at, token, process";

const age = "extract(epoch from clock_timestamp() - acquired_at)::float8 * 1000 as held_ms";

/**
 * One statement, so that of two who ask at once one gets it. A live lock answers no row from the insert
 * and is read instead; the clock is the database's. An expired one is taken over with a higher token, and so is
 * the one with token $6, whose process is known to be gone.
 */
const acquireSql = `
with taken as (
  insert into bee.deploy_lock as held (${columns})
  select $1::text, $2::text, now, now, now + $3::float8 * interval '1 millisecond', nextval('bee.fence_token'), $5::text
  from (select clock_timestamp() as now from bee.schema_version where version = $4::int) as clock
  on conflict (singleton) do update set
    holder = excluded.holder, message = excluded.message, token = excluded.token,
    acquired_at = excluded.acquired_at, heartbeat_at = excluded.heartbeat_at, expires_at = excluded.expires_at,
    process = excluded.process
  where held.expires_at <= clock_timestamp() or held.token = $6::bigint
  returning ${columns}
),
noted as (
  insert into bee.audit (action, actor, token, detail)
  select case when old.token is null then 'acquire' else 'take over' end, taken.holder, taken.token,
    concat_ws('; ', taken.message,
      case when old.expires_at <= clock_timestamp() then 'expired lock of ' else 'lock of the dead ' end || old.holder)
  from taken left join bee.deploy_lock as old on true
)
select version as schema, answer.* from bee.schema_version left join (
  select true as mine, taken.*, ${age} from taken
  union all
  select false, ${columns}, ${age} from bee.deploy_lock
  where expires_at > clock_timestamp() and not exists (select from taken)
) as answer on true`;

const readSql = `select ${columns}, ${age} from bee.deploy_lock where expires_at > clock_timestamp()`;

const renewSql = `
update bee.deploy_lock
set heartbeat_at = clock_timestamp(), expires_at = clock_timestamp() + $2::float8 * interval '1 millisecond'
where token = $1::bigint returning token`;

const releaseSql = `
with released as (delete from bee.deploy_lock where token = $1::bigint returning holder, token)
insert into bee.audit (action, actor, token) select 'release', holder, token from released`;

const breakSql = `
with broken as (delete from bee.deploy_lock returning ${columns}),
noted as (
  insert into bee.audit (action, actor, token, detail)
  select 'break', $1::text, token, concat_ws('; ', $2::text, 'held by ' || holder) from broken
)
select ${columns}, ${age} from broken where expires_at > clock_timestamp()`;

/**
 * The lock row in schema bee; needs no session state, so it works through a session pooler. The lock of a process
 * that died on this host is taken over at once: it can write nothing more, and waiting for its time to run out
 * would only keep the next run from repairing what it left.
 */
export function createDeployLock(
  database: Database,
  processes: ProcessIdentity = identifyProcess(),
): DeployLock {
  return {
    async acquire({ holder, message, ttlMs }) {
      let dead: string | null = null;
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const row = await tryAcquire(database, [holder, message, ttlMs, schemaVersion, processes.self, dead]);
        if (row?.schema !== schemaVersion) await ensureBeeSchema(database);
        // No row to read: the lock changed hands between the insert and the read. Ask again.
        else if (row.mine === true) return { lease: { token: Number(row.token), holder } };
        else if (row.mine === false) {
          if (row.process == null || !processes.isGone(row.process)) return { heldBy: toHolder(row) };
          dead = row.token;
        }
      }
      throw busy();
    },
    async read() {
      const [row] = await readRows(database, readSql);
      return row == null ? null : toHolder(row);
    },
    async renew({ token }, ttlMs) {
      return (await readRows(database, renewSql, [token, ttlMs])).length === 1;
    },
    async release({ token }) {
      await readRows(database, releaseSql, [token]);
    },
    async breakLock(by, reason) {
      const [row] = await readRows(database, breakSql, [by, reason]);
      return row == null ? null : toHolder(row);
    },
  };
}

type Answer = LockRow & { readonly schema: number; readonly mine: boolean | null };

async function tryAcquire(database: Database, params: readonly unknown[]): Promise<Answer | null> {
  try {
    return (await database.query<Answer>(acquireSql, params))[0] ?? null;
  } catch (error) {
    if (isSchemaMissing(error)) return null;
    throw describeQueryFailure(error, "The deploy lock");
  }
}

function busy(): BeeError {
  return new BeeError({
    code: "BEE-E555",
    message: "The deploy lock changes hands faster than it can be asked for",
    detail: "Nothing was changed.",
    hint: "Run the same command again.",
    exit: exitCodes.locked,
  });
}

/** Nothing is held where schema bee does not exist. */
async function readRows(database: Database, sql: string, params: readonly unknown[] = []) {
  try {
    return await database.query<LockRow>(sql, params);
  } catch (error) {
    if (isSchemaMissing(error)) return [];
    throw describeQueryFailure(error, "The deploy lock");
  }
}

function toHolder(row: LockRow): LockHolder {
  return {
    holder: row.holder,
    message: row.message,
    acquiredAt: row.acquired_at.toISOString(),
    heartbeatAt: row.heartbeat_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    token: Number(row.token),
    heldForMs: Math.max(0, row.held_ms),
  };
}
