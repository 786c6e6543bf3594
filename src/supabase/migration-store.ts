import type { AppliedMigration } from "../plan/applied-migration.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import { fingerprintSql } from "../plan/sql-statements.ts";
import type { Fence } from "../ports/deploy-lock.ts";
import type { MigrationStore } from "../ports/migration-store.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Database, Session } from "./database.ts";
import { describeQueryFailure, sqlState } from "./database-error.ts";
import { ensureHistoryTable, waitForVersion } from "./history-table.ts";
import {
  alreadyOther,
  describeFailure,
  lockTimedOut,
  outcomeUnknown,
  refuseControl,
} from "./migration-error.ts";
import { applyOutside } from "./migration-outside.ts";
import { applyInTransaction } from "./migration-transaction.ts";
import { CommitInFlight, StatementFailure } from "./statement-failure.ts";

interface MigrationStoreOptions {
  /** How long one statement waits for a lock before the file is taken back and tried again. */
  readonly lockTimeoutMs?: number;
  readonly attempts?: number;
  readonly clock?: Clock;
}

const historySql =
  'select version, name, statements from supabase_migrations.schema_migrations order by version collate "C"';

/** Migrations on the history table of the supabase CLI (3.1.0), applied as the connected role. */
export function createMigrationStore(
  database: Database,
  options: MigrationStoreOptions = {},
): MigrationStore {
  const { lockTimeoutMs = 4_000, attempts = 5, clock = systemClock } = options;
  const appliedHere: string[] = [];
  let historyReady = false;

  async function readHistory(): Promise<readonly AppliedMigration[]> {
    try {
      const rows = await database.query<AppliedMigration>(historySql);
      historyReady = true;
      return rows;
    } catch (error) {
      if (["42P01", "3F000"].includes(sqlState(error) ?? "")) return [];
      throw describeQueryFailure(error, "The migration history");
    }
  }

  async function applyOnce(session: Session, file: MigrationFile, fence: Fence): Promise<void> {
    const outside = file.statements.some(({ kind }) => kind === "non-transactional");
    if (outside) await applyOutside(session, file, fence);
    else await applyInTransaction(session, file, fence, lockTimeoutMs);
  }

  /** True when the history has this very file, from another run or from a COMMIT whose answer was lost. */
  async function isApplied(file: MigrationFile): Promise<boolean> {
    const row = (await readHistory()).find(({ version }) => version === file.version);
    if (row == null) return false;
    if (fingerprintSql((row.statements ?? []).join(";\n")) !== fingerprintSql(file.sql))
      throw alreadyOther(file);
    return true;
  }

  /** True when the file is applied after all, false when it is worth another attempt; throws the rest. */
  async function judgeFailure(file: MigrationFile, failure: unknown, attempt: number): Promise<boolean> {
    if (failure instanceof CommitInFlight) {
      await waitForVersion(database, file.version).catch((cause: unknown) => {
        throw outcomeUnknown(file, cause);
      });
      if (await isApplied(file)) return true;
      throw describeFailure(file, failure.cause, appliedHere);
    }
    const state = sqlState(failure instanceof StatementFailure ? failure.error : failure);
    if (state === "23505" && (await isApplied(file))) return true;
    const blocked = state === "55P03" || state === "40P01";
    if (!blocked) throw describeFailure(file, failure, appliedHere);
    if (attempt >= attempts) throw lockTimedOut(file, attempt, failure, appliedHere);
    return false;
  }

  return {
    readHistory,
    async apply(file, fence) {
      for (const statement of file.statements) {
        if (statement.kind === "transaction-control") throw refuseControl(file, statement);
      }
      if (!historyReady) {
        await ensureHistoryTable(database);
        historyReady = true;
      }
      for (let attempt = 1; ; attempt += 1) {
        try {
          await database.withSession((session) => applyOnce(session, file, fence));
          break;
        } catch (failure) {
          if (await judgeFailure(file, failure, attempt)) break;
          await clock.sleep(Math.min(8_000, 250 * 2 ** attempt) * (0.5 + clock.random()));
        }
      }
      appliedHere.push(file.version);
    },
    close: () => database.close(),
  };
}
