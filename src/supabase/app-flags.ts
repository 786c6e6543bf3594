import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { type AppFlag, type FlagChange, type FlagState, sameFlag } from "../plan/app-flag.ts";
import type { AppFlags } from "../ports/app-flags.ts";
import type { Fence } from "../ports/deploy-lock.ts";
import { flagMoved } from "../ports/flags-moved.ts";
import { lockLost } from "../ports/lock-lost.ts";
import { fenceLostState, isSchemaMissing } from "./bee-schema.ts";
import { type Database, runStatement, type Session } from "./database.ts";
import { describeQueryFailure, sqlState } from "./database-error.ts";

interface FlagRow {
  readonly key: string;
  readonly enabled: boolean;
  readonly value: string;
  readonly minimum_app_version: string | null;
  readonly description: string;
  readonly updated_at: Date;
}

const columns = "key, enabled, value::text as value, minimum_app_version, description, updated_at";
const readSql = `select ${columns} from public.feature_flags order by key collate "C"`;
const lockSql = `select ${columns} from public.feature_flags where key = any($1::text[]) order by key for update`;

const insertSql = `
insert into public.feature_flags (key, enabled, value, minimum_app_version, description)
values ($1, $2, $3::jsonb, $4, $5)`;

const updateSql = `
update public.feature_flags set enabled = $2, value = $3::jsonb, minimum_app_version = $4, description = $5
where key = $1`;

/** Table public.feature_flags over the database, so that switching works while the API is down. */
export function createAppFlags(database: Database): AppFlags {
  return {
    async read() {
      try {
        return (await database.query<FlagRow>(readSql)).map(toFlag);
      } catch (error) {
        throw isSchemaMissing(error) ? tableMissing(error) : describeQueryFailure(error, "The feature flags");
      }
    },
    async apply(changes, fence) {
      if (changes.length === 0) return;
      await database.withSession(async (session) => {
        try {
          await begin(session, fence);
          await applyAll(session, changes);
          // Only now, after every reply: without this message nothing of it stays, whoever died.
          await session.query(`select bee.assert_fence(${fence.token}, true); commit`);
        } catch (error) {
          await session.query("rollback").catch(() => {});
          throw describe(error);
        }
      });
    },
  };
}

async function begin(session: Session, { token }: Fence): Promise<void> {
  await session.query("begin; set local lock_timeout = '4s'; set local statement_timeout = '30s'");
  try {
    await session.query(`select bee.assert_fence(${token}, false)`);
  } catch (error) {
    // Without schema bee nobody holds a lock.
    throw isSchemaMissing(error) ? lockLost(error) : error;
  }
}

async function applyAll(session: Session, changes: readonly FlagChange[]): Promise<void> {
  const keys = changes.map(({ key }) => key);
  const rows = await runStatement<FlagRow>(session, lockSql, [keys]);
  const found = new Map(rows.map((row) => [row.key, toState(row)]));
  for (const change of changes) {
    const { key, from, to } = change;
    const live = found.get(key) ?? null;
    if (sameFlag(live, to)) continue;
    if (!sameFlag(live, from)) throw flagMoved(change, live);
    if (to == null) await runStatement(session, "delete from public.feature_flags where key = $1", [key]);
    else await runStatement(session, live == null ? insertSql : updateSql, [key, ...toParams(to)]);
  }
}

function describe(error: unknown): unknown {
  if (error instanceof BeeError) return error;
  const state = sqlState(error);
  if (state === fenceLostState) return lockLost(error);
  if (isSchemaMissing(error)) return tableMissing(error);
  if (state === "55P03" || state === "23505") {
    return new BeeError({
      code: "BEE-E825",
      message: "The feature flags are being changed by somebody else",
      detail: "Nothing was changed.",
      hint: "Run the same command again.",
      exit: exitCodes.stale,
      cause: error,
    });
  }
  return describeQueryFailure(error, "The feature flags");
}

function tableMissing(cause: unknown): BeeError {
  return new BeeError({
    code: "BEE-E820",
    message: "The target has no table public.feature_flags as the app reads it",
    detail: "Nothing was changed.",
    hint: "Deploy the migrations first: bee deploy phase1",
    exit: exitCodes.usage,
    cause,
  });
}

function toFlag(row: FlagRow): AppFlag {
  return { key: row.key, ...toState(row), updatedAt: row.updated_at.toISOString() };
}

function toState({ enabled, value, minimum_app_version, description }: FlagRow): FlagState {
  return { enabled, value, minimumAppVersion: minimum_app_version, description };
}

function toParams({ enabled, value, minimumAppVersion, description }: FlagState): readonly unknown[] {
  return [enabled, value, minimumAppVersion, description];
}
