import type { HotQuery } from "../plan/load/hot-queries.ts";
import type { LoadDatabase } from "../ports/load-database.ts";
import { type Database, runStatement, type Session } from "./database.ts";

const tablesSql = "select tablename as name from pg_tables where schemaname = 'public'";

/** Transactions as PostgREST makes them; two round trips besides the query itself are in what they take. */
export function createLoadDatabase(database: Database): LoadDatabase {
  async function asUser<T>(userId: string, work: (session: Session) => Promise<T>): Promise<T> {
    return database.withSession(async (session) => {
      try {
        await session.query(`${begin}; ${claimsOf(userId)}`);
        return await work(session);
      } finally {
        // The session may be gone; then the server has rolled back by itself.
        await session.query("rollback").catch(() => {});
      }
    });
  }
  const valuesOf = ({ takesUser }: HotQuery, userId: string): readonly string[] =>
    takesUser ? [userId] : [];
  return {
    async readTables() {
      const rows = await database.query<{ name: string }>(tablesSql);
      return rows.map(({ name }) => name);
    },
    run: (query, userId) =>
      asUser(userId, (session) => runStatement(session, query.sql, valuesOf(query, userId))).then(
        () => null,
        (error: unknown) => codeOf(error),
      ),
    async explain(query, userId) {
      const rows = await asUser(userId, (session) =>
        runStatement<{ "QUERY PLAN": string }>(
          session,
          `explain (analyze, buffers) ${query.sql}`,
          valuesOf(query, userId),
        ),
      );
      return rows.map((row) => row["QUERY PLAN"]).join("\n");
    },
    close: () => database.close(),
  };
}

const begin = "begin; set local role authenticated; set local statement_timeout = '30s'";

/** Only a UUID gets into the text. */
function claimsOf(userId: string): string {
  if (!/^[0-9a-f-]{36}$/i.test(userId)) throw new TypeError("not a UUID");
  return `select set_config('request.jwt.claims', '{"sub":"${userId}","role":"authenticated"}', true)`;
}

function codeOf(error: unknown): string {
  const code = error != null && typeof error === "object" && "code" in error ? error.code : null;
  return typeof code === "string" ? code : "error";
}
