import * as z from "zod";
import type { StatementSnapshot } from "../plan/load/statement-stats.ts";
import type { DatabaseReader } from "../ports/database.ts";
import findSql from "./sql/0006_statement_extension.sql";
import totalsSql from "./sql/0007_statement_totals.sql";

const rowSchema = z.object({
  since: z.date(),
  evicted: z.number(),
  entries: z.array(
    z.object({
      key: z.string(),
      role: z.string(),
      query: z.string(),
      calls: z.number(),
      totalMs: z.number(),
      squares: z.number(),
      maxMs: z.number(),
      rows: z.number(),
      hit: z.number(),
      read: z.number(),
    }),
  ),
});

/** `missing` says why there is none, and what to do about it. */
export type StatementReading =
  | ({ readonly kind: "read" } & StatementSnapshot)
  | { readonly kind: "missing"; readonly why: string };

const howToAdd = "create extension pg_stat_statements with schema extensions";

/** What the statements of the API's roles took so far. Resets nothing. */
export async function readStatementStats(database: Pick<DatabaseReader, "query">): Promise<StatementReading> {
  const [found] = await database.query<{ schema: string | null; loaded: number; now: Date }>(findSql);
  if (found?.schema == null) {
    return { kind: "missing", why: `the extension pg_stat_statements is not there; add it: ${howToAdd}` };
  }
  if (found.loaded === 0) {
    const why = "the server does not load pg_stat_statements; add it to shared_preload_libraries and restart";
    return { kind: "missing", why };
  }
  const [row] = await database.query<object>(totalsSql.replaceAll("$schema", found.schema));
  const { since, evicted, entries } = rowSchema.parse(row);
  return { kind: "read", at: found.now.toISOString(), since: since.toISOString(), evicted, entries };
}
