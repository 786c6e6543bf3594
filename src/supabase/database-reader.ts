import type { QueryResult } from "pg";
import { splitSql } from "../plan/sql-statements.ts";
import type { AttemptOutcome, DatabaseReader, Query, Rehearsal } from "../ports/database.ts";
import { type Database, runStatement, type Session } from "./database.ts";
import { describeQueryFailure, isBrokenConnection, isServerError } from "./database-error.ts";

/** Reads in read-only transactions; rehearses in transactions that are always rolled back. */
export function createDatabaseReader(database: Database, statementTimeoutMs = 30_000): DatabaseReader {
  const limits = `set local statement_timeout = ${Math.ceil(statementTimeoutMs)}; set local lock_timeout = '4s'; set local idle_in_transaction_session_timeout = '15s'`;
  async function within<T>(begin: string, work: (session: Session) => Promise<T>): Promise<T> {
    try {
      return await database.withSession(async (session) => {
        try {
          await session.query(`${begin}; ${limits}`);
          return await work(session);
        } finally {
          // The session may be gone; then the server has rolled back by itself.
          await session.query("rollback").catch(() => {});
        }
      });
    } catch (error) {
      throw isBrokenConnection(error)
        ? describeQueryFailure(error, "The database could not be asked")
        : error;
    }
  }
  const query: Query = (sql, params) =>
    within("begin read only", (session) => runStatement(session, sql, params));
  return { query, rehearse: (work) => within("begin", (session) => work(createRehearsal(session))) };
}

/** Each attempt ends in an exception, which takes it back together with the role and the claims it set. */
const attemptsFunction = `
create or replace function pg_temp.bee_attempts(attempts jsonb) returns jsonb language plpgsql as $attempts$
declare
  attempt jsonb;
  affected bigint;
  outcomes jsonb := '[]';
begin
  for attempt in select value from jsonb_array_elements(attempts) loop
    begin
      perform set_config('request.jwt.claims', attempt ->> 'claims', true);
      perform set_config('role', attempt ->> 'role', true);
      execute attempt ->> 'sql';
      get diagnostics affected = row_count;
      raise exception using errcode = 'BEE02', message = affected::text;
    exception
      when sqlstate 'BEE02' then
        outcomes := outcomes || jsonb_build_object('rows', sqlerrm::bigint);
      when others then
        outcomes := outcomes || jsonb_build_object('sqlstate', sqlstate, 'message', sqlerrm);
    end;
  end loop;
  return outcomes;
end $attempts$`;

const takeBack = "rollback to savepoint bee_attempt; release savepoint bee_attempt";

function createRehearsal(session: Session): Rehearsal {
  return {
    query: (sql, params) => runStatement(session, sql, params),
    async attempt(sql) {
      if (splitSql(sql).some(({ kind }) => kind === "transaction-control")) {
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
    async attemptAs(attempts) {
      await session.query(attemptsFunction);
      const [row] = await runStatement<{ outcomes: readonly AttemptOutcome[] }>(
        session,
        "select pg_temp.bee_attempts($1::jsonb) as outcomes",
        [
          JSON.stringify(
            attempts.map(({ claims, ...rest }) => ({ ...rest, claims: JSON.stringify(claims) })),
          ),
        ],
      );
      return row?.outcomes ?? [];
    },
  };
}
