import type { MigrationFile } from "../plan/migration-file.ts";
import type { Fence } from "../ports/deploy-lock.ts";
import type { Session } from "./database.ts";
import { isConnectionLost, isServerError } from "./database-error.ts";
import { renderHistoryRow } from "./history-table.ts";
import { endedTransaction } from "./migration-error.ts";
import { CommitInFlight, countCommands, StatementFailure, toOffset } from "./statement-failure.ts";

/** Leaves nothing that a file may have set for the session. */
const resetSql = "reset session authorization; reset all";

/**
 * A server that lost its client must neither work on nor keep the file's locks: it looks every 2 s whether the
 * client is there, and waits 15 s for the message that follows, which a living client sends at once.
 */
const endWithClient = [
  "set local client_connection_check_interval = '2s'",
  "set local idle_in_transaction_session_timeout = '15s'",
];

/**
 * One file in two messages: BEGIN, history row and the file's SQL; then, after every reply, COMMIT behind a
 * last look at the fence. Without the second message the server takes all of it back, whoever died.
 * The history row comes first, so that two who apply the same file wait for one another.
 */
export async function applyInTransaction(
  session: Session,
  file: MigrationFile,
  { token }: Fence,
  lockTimeoutMs: number,
): Promise<void> {
  const opening = [
    "begin",
    `set local lock_timeout = ${Math.ceil(lockTimeoutMs)}`,
    ...endWithClient,
    `select bee.assert_fence(${token}, false)`,
    renderHistoryRow(session, file),
  ];
  const before = `${opening.join(";\n")};\n`;
  const message = before + file.sql;
  try {
    await countCommands(
      session,
      () => session.query(message),
      (completed, error) => locate(file, message, before.length, completed - opening.length, error),
    );
    if (session.getTransactionStatus() !== "T") throw endedTransaction(file);
    await commit(session, token);
  } catch (error) {
    await session.query(`rollback; ${resetSql}`).catch(() => {});
    throw error;
  }
}

async function commit(session: Session, token: number): Promise<void> {
  try {
    await session.query(
      `reset session authorization; select bee.assert_fence(${token}, true); commit; ${resetSql}`,
    );
  } catch (error) {
    if (isConnectionLost(error) || !isServerError(error)) throw new CommitInFlight(error);
    throw new StatementFailure(error, null, null);
  }
}

function locate(
  file: MigrationFile,
  message: string,
  start: number,
  completed: number,
  error: unknown,
): unknown {
  if (!isServerError(error)) return error;
  const offset = toOffset(message, error.position);
  const executed = file.statements.filter(({ kind }) => kind !== "empty");
  const pointed = offset == null || offset < start ? null : offset - start;
  const at = pointed ?? -1;
  // A syntax error is found before anything of the message is carried out: then only the position tells.
  const statement = at < 0 ? executed[completed] : executed.findLast((one) => one.offset <= at);
  return new StatementFailure(error, statement ?? null, pointed);
}
