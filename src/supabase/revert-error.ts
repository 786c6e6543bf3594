import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import { lockLost } from "../ports/lock-lost.ts";
import { fenceLostState } from "./bee-schema.ts";
import { isConnectionLost, isServerError } from "./database-error.ts";
import { renderExcerpt } from "./source-excerpt.ts";
import { StatementFailure } from "./statement-failure.ts";

const nothingLeft = "Everything was taken back: the target is as it was.";

/** A statement of a down that the target refused. */
export class RevertFailure extends StatementFailure {
  readonly down: MigrationFile;

  constructor(down: MigrationFile, failure: StatementFailure) {
    super(failure.error, failure.statement, failure.offset);
    this.down = down;
  }
}

export function describeRevertFailure(failure: unknown): unknown {
  if (failure instanceof BeeError) return failure;
  const error = failure instanceof StatementFailure ? failure.error : failure;
  const text = error instanceof Error ? error.message : String(error);
  if (!isServerError(error) || isConnectionLost(error)) {
    return new BeeError({
      code: "BEE-E354",
      message: `The connection broke during the rollback: ${text}`,
      detail: nothingLeft,
      hint: "Run the same command again.",
      exit: exitCodes.rollbackFailed,
      cause: error,
    });
  }
  if (error.code === fenceLostState) return lockLost(error);
  const place =
    failure instanceof RevertFailure ? renderExcerpt(failure.down, failure.statement, failure.offset) : null;
  const more = [error.detail, error.where, error.hint && `Postgres hint: ${error.hint}`].filter(
    (line) => line != null && line !== "",
  );
  return new BeeError({
    code: "BEE-E355",
    message: `${place?.at ?? "The rollback"}: ${text} (SQLSTATE ${error.code})`,
    detail: [...(place?.lines ?? []), ...more, nothingLeft].join("\n"),
    hint:
      error.code === "42501"
        ? "Connect as the role that owns these objects (postgres)."
        : "The target's rows do not fit the older state. Change them, write a down file that does, or restore a backup point.",
    exit: exitCodes.rollbackFailed,
    cause: error,
  });
}

export function historyMoved(expected: readonly string[], found: readonly string[]): BeeError {
  const added = found.filter((version) => !expected.includes(version));
  const gone = expected.filter((version) => !found.includes(version));
  return new BeeError({
    code: "BEE-E346",
    message: "The migration history changed since the rollback was planned",
    detail: [
      ...(added.length > 0 ? [`Applied by somebody else: ${added.join(", ")}`] : []),
      ...(gone.length > 0 ? [`No longer there: ${gone.join(", ")}`] : []),
      "Nothing was changed.",
    ].join("\n"),
    hint: "Run the same command again: it plans from the history as it is now.",
    exit: exitCodes.stale,
  });
}

export function judgedWrong(reasons: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E351",
    message: "The downs ran, but the target was not as proven; nothing was committed",
    detail: [...reasons.slice(0, 20), nothingLeft].join("\n"),
    hint: "Compare the target with the migrations, or restore a backup point.",
    exit: exitCodes.rollbackFailed,
  });
}

export function revertLockTimedOut(attempts: number, cause: unknown): BeeError {
  return new BeeError({
    code: "BEE-E352",
    message: `No lock in ${attempts} attempts: ${cause instanceof Error ? cause.message : String(cause)}`,
    detail: nothingLeft,
    hint: "See who holds it: select pid, state, query from pg_stat_activity where state <> 'idle'; then run the same command again.",
    exit: exitCodes.rollbackFailed,
    cause,
  });
}

export function revertOutcomeUnknown(cause: unknown): BeeError {
  return new BeeError({
    code: "BEE-E353",
    message: "The connection broke while the rollback was committed, and the database does not answer",
    detail: "It is done as a whole or not at all; which of the two is not known yet.",
    hint: "Run the same command again when the database answers: it reads the history first.",
    exit: exitCodes.rollbackFailed,
    cause,
  });
}

export function revertEndedTransaction(down: MigrationFile): BeeError {
  return new BeeError({
    code: "BEE-E341",
    message: `${down.path} ended the transaction by itself`,
    detail: "What it did before is committed, and its history row is still there.",
    hint: `Remove COMMIT and ROLLBACK from what ${down.path} calls or does, then compare the database with its migrations.`,
    exit: exitCodes.rollbackFailed,
  });
}
