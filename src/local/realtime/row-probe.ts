import type { Pool, QueryResult } from "pg";
import type { LogLine } from "../identity.ts";
import { type ProbeRequest, probeStatement, renderProbe } from "./probe-sql.ts";
import type { Relation } from "./relation.ts";
import { isServerTrouble, tell } from "./sql-trouble.ts";

const connectionsAtOnce = 4;
const callersAtOnce = 25;

/** For every request the positions its caller may see. A policy that fails shows its caller nothing. */
export async function probeRows(
  pool: Pool,
  relation: Relation,
  requests: readonly ProbeRequest[],
  log: LogLine,
): Promise<readonly ReadonlySet<number>[]> {
  const size = Math.min(callersAtOnce, Math.ceil(requests.length / connectionsAtOnce));
  const batches: (readonly ProbeRequest[])[] = [];
  for (let start = 0; start < requests.length; start += size)
    batches.push(requests.slice(start, start + size));
  const results: (readonly ReadonlySet<number>[])[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < batches.length; index = next++) {
      results[index] = await probeBatch(pool, relation, batches[index] ?? [], log);
    }
  };
  await Promise.all(Array.from({ length: connectionsAtOnce }, work));
  return results.flat();
}

/** When one caller's policy fails, it fails the batch: then each is asked alone. */
async function probeBatch(
  pool: Pool,
  relation: Relation,
  batch: readonly ProbeRequest[],
  log: LogLine,
): Promise<readonly ReadonlySet<number>[]> {
  try {
    return await ask(pool, renderProbe(relation, batch));
  } catch (error) {
    if (isServerTrouble(error)) throw error;
    if (batch.length > 1) {
      const alone: ReadonlySet<number>[] = [];
      for (const request of batch) alone.push(...(await probeBatch(pool, relation, [request], log)));
      return alone;
    }
    log("warn", "changes are withheld: the role could not look up the row", {
      table: `${relation.schema}.${relation.name}`,
      role: batch[0]?.caller.role,
      error: tell(error),
    });
    return [new Set()];
  }
}

async function ask(pool: Pool, sql: string): Promise<readonly ReadonlySet<number>[]> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Without a listener a connection that the server ends would end this process.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on("error", onError);
  try {
    // Several statements in one text yield several results, which the type does not know.
    const results = (await client.query(sql)) as unknown as readonly QueryResult<{ readonly i: number }>[];
    return results
      .filter(({ fields }) => fields?.length === 1 && fields[0]?.name === "i")
      .map(({ rows }) => new Set(rows.map(({ i }) => i)));
  } catch (error) {
    await client.query(`rollback; deallocate ${probeStatement}`).catch(onError);
    throw error;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}
