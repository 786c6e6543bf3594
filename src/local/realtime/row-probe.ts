import type { Pool } from "pg";
import type { LogLine } from "../identity.ts";
import { type Caller, withCaller } from "./caller.ts";
import type { Relation } from "./relation.ts";
import { renderProbeSql } from "./row-sql.ts";
import { isServerTrouble, tell } from "./sql-trouble.ts";
import type { Tuple } from "./wal-change.ts";

const probesAtOnce = 4;

interface ProbeRequest {
  readonly caller: Caller;
  /** Position of the change → its new row. */
  readonly rows: ReadonlyMap<number, Tuple>;
}

/** For every request the positions its caller may see. A policy that fails shows nothing. */
export async function probeRows(
  pool: Pool,
  relation: Relation,
  requests: readonly ProbeRequest[],
  log: LogLine,
): Promise<readonly ReadonlySet<number>[]> {
  const results: ReadonlySet<number>[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < requests.length; index = next++) {
      const request = requests[index];
      if (request !== undefined) results[index] = await probe(pool, relation, request, log);
    }
  };
  await Promise.all(Array.from({ length: Math.min(probesAtOnce, requests.length) }, work));
  return results;
}

async function probe(
  pool: Pool,
  relation: Relation,
  request: ProbeRequest,
  log: LogLine,
): Promise<ReadonlySet<number>> {
  const { text, values } = renderProbeSql(relation, [...request.rows]);
  try {
    const { rows } = await withCaller(pool, request.caller, (client) =>
      client.query<{ i: number }>(text, [...values]),
    );
    return new Set(rows.map((row) => row.i));
  } catch (error) {
    if (isServerTrouble(error)) throw error;
    log("warn", "changes are withheld: the role could not look up the row", {
      table: `${relation.schema}.${relation.name}`,
      role: request.caller.role,
      error: tell(error),
    });
    return new Set();
  }
}
