import { BeeError } from "../core/bee-error.ts";
import { type ExitCode, exitCodes } from "../core/exit-code.ts";
import type { MigrationFile, MigrationStatement } from "../plan/migration-file.ts";
import { lockLost } from "../ports/lock-lost.ts";
import { fenceLostState, isSchemaMissing } from "./bee-schema.ts";
import { isConnectionLost, isServerError } from "./database-error.ts";
import { renderExcerpt } from "./source-excerpt.ts";
import { StatementFailure } from "./statement-failure.ts";

function tellLeft({ statements }: MigrationFile): string {
  if (statements.every(({ kind }) => kind !== "non-transactional"))
    return "Nothing of this file is left in the database.";
  return "Its statements run outside a transaction: those before this one are done, the next run goes on here.";
}

/** `applied`: versions this run has applied before the file that failed. */
export function describeFailure(file: MigrationFile, failure: unknown, applied: readonly string[]): unknown {
  const error = failure instanceof StatementFailure ? failure.error : failure;
  if (error instanceof BeeError) return error;
  const exit = exitFor(file, applied);
  if (!isServerError(error) || isConnectionLost(error)) {
    return new BeeError({
      code: "BEE-E304",
      message: `The connection broke while ${file.path} was applied: ${messageOf(error)}`,
      detail: `${tellLeft(file)} ${tellApplied(applied)}`,
      hint: "Run the same command again.",
      exit,
      cause: error,
    });
  }
  const bees = failure instanceof StatementFailure && failure.statement == null;
  // Without schema bee nobody holds a lock.
  if (error.code === fenceLostState || (bees && isSchemaMissing(error))) return lockLost(error);
  const place =
    failure instanceof StatementFailure ? renderExcerpt(file, failure.statement, failure.offset) : null;
  const more = [error.detail, error.where, error.hint && `Postgres hint: ${error.hint}`].filter(Boolean);
  return new BeeError({
    code: "BEE-E301",
    message: `${place?.at ?? file.path}: ${error.message} (SQLSTATE ${error.code})`,
    detail: [...(place?.lines ?? []), ...more, `${tellLeft(file)} ${tellApplied(applied)}`].join("\n"),
    hint: hintFor(error.code, file),
    exit,
    cause: error,
  });
}

export function refuseControl(file: MigrationFile, statement: MigrationStatement): BeeError {
  const { at, lines } = renderExcerpt(file, statement, null);
  return new BeeError({
    code: "BEE-E302",
    message: `${at}: a migration may not begin or end transactions`,
    detail: [...lines, "Nothing was changed: bee runs every file in one transaction of its own."].join("\n"),
    hint: `Remove the statement from ${file.path}`,
    exit: exitCodes.refused,
  });
}

export function endedTransaction(file: MigrationFile): BeeError {
  return new BeeError({
    code: "BEE-E303",
    message: `${file.path} ended its transaction by itself`,
    detail: "What it did before is committed; its history row may be too.",
    hint: "Compare the database with the file, then put the rest into a new migration.",
    exit: exitCodes.partial,
  });
}

export function lockTimedOut(
  file: MigrationFile,
  attempts: number,
  failure: unknown,
  applied: readonly string[],
): BeeError {
  const place =
    failure instanceof StatementFailure ? renderExcerpt(file, failure.statement, failure.offset) : null;
  return new BeeError({
    code: "BEE-E305",
    message: `${place?.at ?? file.path}: no lock in ${attempts} attempts: ${messageOf(failure)}`,
    detail: [...(place?.lines ?? []), `${tellLeft(file)} ${tellApplied(applied)}`].join("\n"),
    hint: "See who holds it: select pid, state, query from pg_stat_activity where state <> 'idle'; then run the same command again.",
    exit: exitFor(file, applied),
    cause: failure,
  });
}

export function outcomeUnknown(file: MigrationFile, cause: unknown): BeeError {
  return new BeeError({
    code: "BEE-E306",
    message: `The connection broke while ${file.path} was committed, and the database does not answer: ${messageOf(cause)}`,
    detail: "The file is applied as a whole or not at all; which of the two is not known yet.",
    hint: "Run the same command again when the database answers: it reads the history first.",
    exit: exitCodes.partial,
    cause,
  });
}

export function alreadyOther(file: MigrationFile): BeeError {
  return new BeeError({
    code: "BEE-E307",
    message: `${file.version} was applied by somebody else, with other content than ${file.path}`,
    detail: tellLeft(file),
    hint: `Give ${file.path} a later version, or check out the revision that was applied.`,
    exit: exitCodes.stale,
  });
}

function exitFor({ statements }: MigrationFile, applied: readonly string[]): ExitCode {
  const left = applied.length > 0 || statements.some(({ kind }) => kind === "non-transactional");
  return left ? exitCodes.partial : exitCodes.rolledBack;
}

function hintFor(state: string, file: MigrationFile): string {
  if (state === "42501") return "Connect as the role that owns these objects (postgres).";
  if (state === "57014") return "Raise the limit inside the file: set local statement_timeout = '10min';";
  if (state === "2D000") return `Remove COMMIT and ROLLBACK from what ${file.path} calls or does.`;
  return `Correct ${file.path}, then run the same command again.`;
}

function tellApplied(applied: readonly string[]): string {
  if (applied.length === 0) return "This run applied no file before it.";
  const shown = applied.length > 6 ? [...applied.slice(0, 2), "…", ...applied.slice(-2)] : applied;
  return `This run applied ${applied.length} before it, they stay: ${shown.join(", ")}.`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
