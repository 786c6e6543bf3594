import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { Secret } from "../core/secret.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import { type ShadowDatabase, ShadowRefusal } from "../ports/shadow-database.ts";
import { readCatalog } from "./catalog-reader.ts";
import { connectDatabase, type Session } from "./database.ts";
import { isServerError } from "./database-error.ts";
import { renderExcerpt } from "./source-excerpt.ts";
import { countCommands, toOffset } from "./statement-failure.ts";

/** A server that is there for one shadow; the composition root knows how to start one. */
export interface ShadowServer {
  /** As `postgres`. */
  readonly url: string;
  stop(): Promise<void>;
}

export function createShadowDatabase(start: () => Promise<ShadowServer>): ShadowDatabase {
  return {
    async open() {
      const server = await start().catch((error: unknown) => {
        throw cannotStart(error);
      });
      const database = connectDatabase({ url: new Secret(server.url), applicationName: "bee-shadow" });
      return {
        apply: (file) => database.withSession((session) => applyFile(session, file)),
        readCatalog: () => readCatalog(database),
        query: (sql, params) => database.query(sql, params),
        async close() {
          await database.close();
          await server.stop();
        },
      };
    },
  };
}

async function applyFile(session: Session, file: MigrationFile): Promise<void> {
  const statements = file.statements.filter(({ kind }) => kind !== "empty");
  try {
    if (statements.every(({ kind }) => kind !== "non-transactional")) {
      // By itself, so that what the connection had to say before is not counted as the file's.
      await session.query("begin");
      await countCommands(
        session,
        () => session.query(`${file.sql}\n;commit`),
        (completed, error) => refuse(file, error, 0, completed),
      );
    } else {
      for (const [index, { sql, offset }] of statements.entries()) {
        await session.query(sql).catch((error: unknown) => {
          throw refuse(file, error, -offset, index);
        });
      }
    }
  } finally {
    await session.query("rollback; reset session authorization; reset all").catch(() => {});
  }
}

function refuse(file: MigrationFile, error: unknown, before: number, completed: number): unknown {
  if (!isServerError(error)) return error;
  const position = toOffset(`${" ".repeat(Math.max(0, before))}${file.sql}`, error.position);
  const offset = position == null ? null : position - before;
  const run = file.statements.filter(({ kind }) => kind !== "empty");
  const statement = run[completed] ?? null;
  const place = renderExcerpt(file, statement, offset != null && offset >= 0 ? offset : null);
  const more = [error.detail, error.where, error.hint].filter((line) => line != null && line !== "");
  return new ShadowRefusal(
    file.path,
    `${place.at}: ${error.message} (SQLSTATE ${error.code})`,
    [...place.lines, ...more] as readonly string[],
    error,
  );
}

function cannotStart(error: unknown): BeeError {
  return new BeeError({
    code: "BEE-E349",
    message: `No shadow database can be started: ${error instanceof Error ? error.message : String(error)}`,
    detail: "A down is proven on one before it runs on the target. Nothing was changed.",
    hint: error instanceof BeeError && error.hint != null ? error.hint : "bee doctor",
    exit: exitCodes.inconclusive,
    cause: error,
  });
}
