import type { QueryResult } from "pg";
import { classifyStatement } from "../plan/sql-class.ts";
import { splitSql } from "../plan/sql-statements.ts";
import type { DatabaseReader, Query, Rehearsal } from "../ports/database.ts";
import { type Database, runStatement, type Session } from "./database.ts";
import { isServerError } from "./database-error.ts";

/** Reads in read-only transactions; rehearses in transactions that are always rolled back. */
export function createDatabaseReader(database: Database, statementTimeoutMs = 30_000): DatabaseReader {
  const limits = `set local statement_timeout = ${Math.ceil(statementTimeoutMs)}; set local lock_timeout = '4s'`;
  async function within<T>(begin: string, work: (session: Session) => Promise<T>): Promise<T> {
    return database.withSession(async (session) => {
      await session.query(`${begin}; ${limits}`);
      try {
        return await work(session);
      } finally {
        // The session may be gone; then the server has rolled back by itself.
        await session.query("rollback").catch(() => {});
      }
    });
  }
  const query: Query = (sql, params) =>
    within("begin read only", (session) => runStatement(session, sql, params));
  return { query, rehearse: (work) => within("begin", (session) => work(createRehearsal(session))) };
}

const takeBack = "rollback to savepoint bee_attempt; release savepoint bee_attempt";

function createRehearsal(session: Session): Rehearsal {
  return {
    query: (sql, params) => runStatement(session, sql, params),
    async attempt(sql) {
      if (splitSql(sql).some((statement) => classifyStatement(statement.sql) === "transaction-control")) {
        throw new Error("a rehearsed statement may not begin or end transactions");
      }
      // One message: a trip per attempt instead of three. What fails leaves the savepoint to be taken back.
      try {
        const answered: unknown = await session.query(`savepoint bee_attempt; ${sql}\n; ${takeBack}`);
        const last = Array.isArray(answered) ? (answered.at(-3) as QueryResult | undefined) : undefined;
        return { rows: last?.rowCount ?? 0 };
      } catch (error) {
        if (!isServerError(error)) throw error;
        await session.query(takeBack);
        return { sqlstate: error.code, message: error.message };
      }
    },
  };
}
