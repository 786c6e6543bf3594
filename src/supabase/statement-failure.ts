import type { MigrationStatement } from "../plan/migration-file.ts";
import type { Session } from "./database.ts";
import type { ServerError } from "./database-error.ts";

/** A statement of a migration that the server refused. */
export class StatementFailure extends Error {
  readonly error: ServerError;
  /** Null when the failure belongs to the end of the transaction, as a deferred constraint's does. */
  readonly statement: MigrationStatement | null;
  /** 0-based offset in the file that the server pointed at; null when it pointed at nothing. */
  readonly offset: number | null;

  constructor(error: ServerError, statement: MigrationStatement | null, offset: number | null) {
    super(error.message, { cause: error });
    this.error = error;
    this.statement = statement;
    this.offset = offset;
  }
}

/** The connection broke after COMMIT was sent: committed or not, only the database can tell. */
export class CommitInFlight extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Counts the commands the server completes while `work` runs: pg does not tell how far a message came. */
export async function countCommands<T>(
  session: Session,
  work: () => Promise<T>,
  onFailure: (completed: number, error: unknown) => unknown,
): Promise<T> {
  const { connection } = session as unknown as { connection: NodeJS.EventEmitter };
  let completed = 0;
  const count = (): void => {
    completed += 1;
  };
  connection.on("commandComplete", count);
  try {
    return await work();
  } catch (error) {
    throw onFailure(completed, error);
  } finally {
    connection.off("commandComplete", count);
  }
}

/** The UTF-16 offset of the server's 1-based position, which counts characters. */
export function toOffset(text: string, position: string | undefined): number | null {
  if (position == null) return null;
  let offset = 0;
  for (let left = Number(position) - 1; left > 0 && offset < text.length; left -= 1) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}
