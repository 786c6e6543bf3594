import { readStatementStats } from "../../gates/statement-stats.ts";
import { renderStatements } from "../../output/statement-table.ts";
import { boundStatement, diffStatements } from "../../plan/load/statement-stats.ts";
import type { DatabaseReader } from "../../ports/database.ts";

export interface WatchedStatements {
  readonly text: string;
  /** For the evidence: no values of users are in it. */
  readonly kept: Readonly<Record<string, unknown>>;
}

const kept = 30;

/** Reads pg_stat_statements now; the answer reads it again and tells what happened between. Resets nothing. */
export async function watchStatements(database: DatabaseReader): Promise<() => Promise<WatchedStatements>> {
  const read = () =>
    readStatementStats(database).catch((error: unknown) => ({
      kind: "missing" as const,
      why: `it could not be read: ${error instanceof Error ? error.message : String(error)}`,
    }));
  const before = await read();
  return async () => {
    const after = before.kind === "read" ? await read() : before;
    if (before.kind === "missing" || after.kind === "missing") {
      const why = before.kind === "missing" ? before.why : after.kind === "missing" ? after.why : "";
      return { text: `pg_stat_statements: ${why}\n`, kept: { missing: why } };
    }
    const delta = diffStatements(before, after);
    const { from, to, incomplete } = delta;
    const entries = delta.entries.slice(0, kept).map((entry) => {
      const { role, query, calls, rows, hit, read } = entry;
      return { role, query, calls, ...boundStatement(entry), rows, hit, read };
    });
    return { text: renderStatements(delta), kept: { from, to, incomplete, entries } };
  };
}
