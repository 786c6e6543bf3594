import { readFile } from "node:fs/promises";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { AttachedObject } from "../plan/dump-need.ts";
import type { DumpRestorer } from "../ports/dump-restorer.ts";
import { lockLost } from "../ports/lock-lost.ts";
import { fenceLostState } from "./bee-schema.ts";
import type { Database, Session } from "./database.ts";
import {
  describeQueryFailure,
  isConnectionLost,
  isServerError,
  type ServerError,
  sqlState,
} from "./database-error.ts";
import { cleanScript, runDataScript } from "./dump-script.ts";
import { notDumped } from "./dump-source.ts";
import * as sql from "./dump-sql.ts";

/** What a session of ours leaves to nobody: the server notices within seconds that its client died. */
const openingSql = (token: number): string =>
  [
    "begin",
    "set local statement_timeout = 0",
    "set local lock_timeout = '10s'",
    "set local idle_in_transaction_session_timeout = '60s'",
    "set local client_connection_check_interval = '2s'",
    "set local search_path = ''",
    "set local client_min_messages = warning",
    `select bee.assert_fence(${token}, false)`,
  ].join(";\n");

export function createDumpRestorer(database: Database): DumpRestorer {
  return {
    async readTarget(schemas) {
      try {
        const [target] = await database.query<{
          major: number;
          schemas: string[];
          roles: string[];
          newer: string[];
        }>(sql.targetSql, [schemas, notDumped]);
        const obstacles = await database.query<{ what: string }>(sql.obstaclesSql, [schemas]);
        if (target == null) throw new Error("the server answered nothing");
        return { ...target, obstacles: obstacles.map(({ what }) => what) };
      } catch (error) {
        throw describeQueryFailure(error, "What the dump would replace cannot be read");
      }
    },
    restore: ({ preData, data, postData }, { schemas, attached }, { token }, signal) =>
      database.withSession(async (session) => {
        try {
          await session.query(openingSql(token));
          const known = attached ?? (await rowsOf<AttachedObject>(session, sql.attachedSql, schemas));
          await empty(session, schemas);
          const privileges = await rowsOf<{ reset: string | null; back: string | null }>(
            session,
            sql.defaultPrivilegesSql,
            schemas,
          );
          await runAll(
            session,
            privileges.map(({ reset }) => reset),
          );
          await runAll(
            session,
            (await rowsOf<{ sql: string }>(session, sql.schemaRightsSql, schemas)).map(toSql),
          );
          await session.query(cleanScript(await readFile(preData, "utf8")));
          await runDataScript(session, data, signal);
          signal.throwIfAborted();
          await session.query(cleanScript(await readFile(postData, "utf8")));
          const left = await attach(session, known);
          await runAll(
            session,
            privileges.map(({ back }) => back),
          );
          signal.throwIfAborted();
          await session.query(
            `notify pgrst, 'reload schema'; select bee.assert_fence(${token}, true); commit; reset all`,
          );
          return left;
        } catch (error) {
          await session.query("rollback; reset all").catch(() => {});
          throw describeFailure(error, signal);
        }
      }),
  };
}

async function rowsOf<Row extends object>(
  session: Session,
  text: string,
  schemas: readonly string[],
): Promise<readonly Row[]> {
  return (await session.query<Row>(text, [schemas])).rows;
}

const toSql = ({ sql: text }: { readonly sql: string }): string => text;

async function runAll(session: Session, commands: readonly (string | null)[]): Promise<void> {
  const given = commands.filter((command) => command != null);
  if (given.length > 0) await session.query(given.join(";\n"));
}

/** The schemas themselves stay, with the extensions in them. */
async function empty(session: Session, schemas: readonly string[]): Promise<void> {
  const obstacles = await rowsOf<{ what: string }>(session, sql.obstaclesSql, schemas);
  if (obstacles.length > 0) throw inTheWay(obstacles.map(({ what }) => what));
  await runAll(session, (await rowsOf<{ sql: string }>(session, sql.dropsSql, schemas)).map(toSql));
}

/** A trigger or a membership whose function or table the dump does not know is left out; a policy must not be. */
async function attach(session: Session, attached: readonly AttachedObject[]): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { label, sql: text } of attached) {
    await session.query("savepoint bee_attach");
    try {
      await session.query(text);
      await session.query("release savepoint bee_attach");
    } catch (error) {
      if (label.startsWith("policy ") || !/^42(883|P01|704|703)$/.test(sqlState(error) ?? "")) throw error;
      await session.query("rollback to savepoint bee_attach");
      left.push(label);
    }
  }
  return left;
}

function inTheWay(obstacles: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E369",
    message: `The dump cannot be brought back: ${obstacles[0]} needs what it replaces`,
    detail: `${obstacles.join("\n")}\nNothing was changed.`,
    hint: "They lie outside the dump's schemas and would be lost: drop them by hand, and make them again afterwards.",
    exit: exitCodes.refused,
  });
}

function describeFailure(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof BeeError) return error;
  if (signal.aborted && error === signal.reason) return interrupted(signal);
  if (sqlState(error) === fenceLostState) return lockLost(error);
  if (!isServerError(error) || isConnectionLost(error)) {
    return describeQueryFailure(error, "The dump was being brought back");
  }
  return error.code === "23503" ? accountGone(error) : refused(error);
}

function accountGone(error: ServerError): BeeError {
  return new BeeError({
    code: "BEE-E367",
    message: `Rows of the dump belong to what is no longer there, such as accounts that were deleted since: ${error.message}`,
    detail: `${error.detail ?? ""}\nEverything was taken back: the target is as it was.`,
    hint: "Restore accounts and data together (bee rollback database --restore), or take the migrations back by downs: bee rollback database",
    exit: exitCodes.refused,
    cause: error,
  });
}

function refused(error: ServerError): BeeError {
  const lines = [error.detail, error.where, error.hint].filter((line) => line != null);
  return new BeeError({
    code: "BEE-E364",
    message: `The dump cannot be brought back: ${error.message} (SQLSTATE ${error.code})`,
    detail: [...lines, "Everything was taken back: the target is as it was."].join("\n"),
    hint: "See what it says above; bee rollback database takes migrations back by downs.",
    exit: exitCodes.rollbackFailed,
    cause: error,
  });
}

function interrupted({ reason }: AbortSignal): unknown {
  if (reason instanceof BeeError) return reason;
  return new BeeError({
    code: "BEE-E511",
    message: "Interrupted while the dump was being brought back.",
    detail: "Everything was taken back: the target is as it was.",
    exit: exitCodes.interrupted,
  });
}
