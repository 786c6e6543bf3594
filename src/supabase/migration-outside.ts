import type { MigrationFile, MigrationStatement } from "../plan/migration-file.ts";
import type { Fence } from "../ports/deploy-lock.ts";
import type { Session } from "./database.ts";
import { isConnectionLost, isServerError, sqlState } from "./database-error.ts";
import { renderHistoryRow } from "./history-table.ts";
import { dropInvalidIndex, parseIndexBuild, readIndexValidity } from "./index-build.ts";
import { CommitInFlight, StatementFailure, toOffset } from "./statement-failure.ts";

/** Longer than inside a transaction: a concurrent build waits for old transactions without blocking anyone. */
const lockTimeout = "60s";

/**
 * A file whose statements refuse a transaction block: one by one, each noted before it begins, so that the
 * next run goes on at the statement that was interrupted. The history row comes last.
 */
export async function applyOutside(session: Session, file: MigrationFile, { token }: Fence): Promise<void> {
  const progress = await readProgress(session, file);
  try {
    await session.query(`set lock_timeout = '${lockTimeout}'; set client_connection_check_interval = '2s'`);
    for (const [index, statement] of file.statements.entries()) {
      const { kind } = statement;
      if (kind === "empty" || (index < progress && kind !== "setting")) continue;
      await noteProgress(session, file, index, token);
      await runStatement(session, statement, index === progress);
    }
    await noteApplied(session, file, token);
  } catch (error) {
    await session.query("rollback").catch(() => {});
    throw error;
  } finally {
    await session.query("reset session authorization; reset all").catch(() => {});
  }
}

/** The statement an earlier run began and did not see end; -1 for a fresh start. */
async function readProgress(session: Session, { version, sha256 }: MigrationFile): Promise<number> {
  const { rows } = await session.query<{ statement: number }>(
    "select statement from bee.migration_progress where version = $1 and sha256 = $2",
    [version, sha256],
  );
  return rows[0]?.statement ?? -1;
}

async function noteProgress(
  session: Session,
  file: MigrationFile,
  index: number,
  token: number,
): Promise<void> {
  await session.query(
    `insert into bee.migration_progress (version, sha256, statement)
select $2, $3, $4 from bee.assert_fence($1, true) as held where held
on conflict (version) do update set sha256 = excluded.sha256, statement = excluded.statement`,
    [token, file.version, file.sha256, index],
  );
}

async function noteApplied(session: Session, file: MigrationFile, token: number): Promise<void> {
  const done = `delete from bee.migration_progress where version = ${session.escapeLiteral(file.version)}`;
  try {
    await session.query(
      `begin; select bee.assert_fence(${token}, true); ${renderHistoryRow(session, file)}; ${done}; commit`,
    );
  } catch (error) {
    if (isConnectionLost(error)) throw new CommitInFlight(error);
    throw error;
  }
}

async function runStatement(
  session: Session,
  statement: MigrationStatement,
  resumed: boolean,
): Promise<void> {
  const build = parseIndexBuild(statement.sql);
  if (build != null) {
    const valid = await readIndexValidity(session, build);
    if (valid === false) await dropInvalidIndex(session, build);
    if (valid === true && resumed) return;
  }
  try {
    await session.query(statement.sql);
  } catch (error) {
    if (!isServerError(error)) throw error;
    if (resumed && sqlState(error) === "42704" && /^\s*drop\s/i.test(statement.sql)) return;
    if (build != null && (await readIndexValidity(session, build)) === false) {
      await dropInvalidIndex(session, build);
    }
    const within = toOffset(statement.sql, error.position);
    throw new StatementFailure(error, statement, within == null ? null : statement.offset + within);
  }
}
