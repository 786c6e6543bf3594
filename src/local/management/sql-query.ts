import pg, { type ClientBase, type Pool, type QueryResult } from "pg";
import { ApiError } from "./api-error.ts";

interface SqlQuery {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly readOnly: boolean;
}

/** Dates and times stay as Postgres writes them; bigint is a number where that is exact. */
const asText = new Set([1082, 1083, 1114, 1184, 1186, 1266, 1115, 1182, 1185, 1187]);
const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (asText.has(oid)) return (value: string) => value;
    if (oid === pg.types.builtins.INT8) {
      return (value: string) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
    }
    return pg.types.getTypeParser(oid, format as "text");
  },
};

/** As psql shows it with verbose errors: code, message, the line and a caret. */
function renderSqlError(error: pg.DatabaseError, sql: string): string {
  const lines = [`${error.severity ?? "ERROR"}:  ${error.code ?? "XX000"}: ${error.message}`];
  const at = Number(error.position ?? 0);
  if (at > 0) {
    const before = [...sql].slice(0, at - 1).join("");
    const number = before.split("\n").length;
    const line = sql.split("\n")[number - 1] ?? "";
    const column = before.length - (before.lastIndexOf("\n") + 1);
    const label = `LINE ${number}: `;
    lines.push(`${label}${line}`, `${" ".repeat(label.length + column)}^`);
  }
  if (error.detail) lines.push(`DETAIL:  ${error.detail}`);
  if (error.hint) lines.push(`HINT:  ${error.hint}`);
  return lines.join("\n");
}

/** Rows of the last statement that returned some, as hosted answers several statements. */
function lastRows(result: QueryResult | readonly QueryResult[]): readonly unknown[] {
  const results = Array.isArray(result) ? result : [result];
  return results.findLast((one: QueryResult) => one.rows?.length > 0)?.rows ?? [];
}

/**
 * Runs SQL as role postgres. A read-only query is one statement in a READ ONLY transaction: the extended protocol
 * takes no second one that could end it. Throws 400 with what Postgres said.
 */
export async function runSqlQuery(pool: Pool, query: SqlQuery): Promise<readonly unknown[]> {
  const client = await pool.connect();
  let clean = false;
  try {
    const rows = query.readOnly
      ? await runReadOnly(client, query)
      : await run(client, query, query.parameters.length > 0);
    clean = await reset(client);
    return rows;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    clean = await reset(client);
    throw new ApiError(400, `Failed to run sql query: ${renderSqlError(error, query.sql)}`);
  } finally {
    client.release(!clean);
  }
}

async function run(
  client: ClientBase,
  { sql, parameters }: SqlQuery,
  extended: boolean,
): Promise<readonly unknown[]> {
  const config = {
    text: sql,
    types,
    ...(extended ? { values: [...parameters], queryMode: "extended" } : {}),
  };
  return lastRows(await client.query(config));
}

async function runReadOnly(client: ClientBase, query: SqlQuery): Promise<readonly unknown[]> {
  await client.query("begin read only");
  return run(client, query, true);
}

/** Ends what the caller left open, settings and transactions; false when the session cannot be used again. */
async function reset(client: ClientBase): Promise<boolean> {
  try {
    await client.query("rollback");
    await client.query("discard all");
    return true;
  } catch {
    return false;
  }
}
