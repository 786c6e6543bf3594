import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { TimeWindow } from "../plan/metric-reading.ts";
import { type ProjectLogs, probeAgent } from "../ports/project-logs.ts";
import { type ManagementApi, parseReply } from "./management-api.ts";

/** Counts of 64 bits come as texts; some errors with status 200. */
const replySchema = z.object({
  result: z.array(z.record(z.string(), z.unknown())).nullish(),
  error: z.unknown().optional(),
});

const count = z.coerce.number().min(0);
const ms = z.coerce.number().catch(0);

const callsSchema = z.object({
  function_id: z.string(),
  total: count,
  known: count,
  failed: count,
  slow: count,
  refused: count,
  limited: count,
  p95: ms,
});

const bootsSchema = z.object({ function_id: z.string(), total: count, p50: ms, p95: ms, longest: ms });
const slotSchema = z.object({ slot: z.coerce.number(), total: count, known: count, failed: count });

/** Where the name of a source stands; which of the two is filled in has changed before. */
const columns = ["source", "source_name"] as const;
type Column = (typeof columns)[number];

const status = "toInt32OrZero(log_attributes['response.status_code'])";
const took = "toFloat64OrZero(log_attributes['execution_time_ms'])";
const hasStatus = "log_attributes['response.status_code'] != ''";
const notOurs = `position(log_attributes['request.headers.user_agent'], '${probeAgent}') = 0`;

/**
 * The project's logs by ClickHouse SQL (GET …/analytics/endpoints/logs). A wrong attribute's name reads as an empty text,
 * not as an error: so what is counted must be known of each line.
 */
export function createProjectLogs(api: ManagementApi, ref: string): ProjectLogs {
  const path = `/v1/projects/${ref}/analytics/endpoints/logs`;

  async function ask(sql: string, { from, to }: TimeWindow): Promise<readonly unknown[]> {
    const query = { sql, iso_timestamp_start: from, iso_timestamp_end: to };
    const reply = await api.request({ method: "GET", path, query, repeatable: true });
    const { result, error } = parseReply(replySchema, reply, `GET ${path}`);
    if (error != null) throw refused(typeof error === "string" ? error : JSON.stringify(error));
    return result ?? [];
  }

  /** With the other column when the first finds nothing; one that does not exist finds nothing either. */
  async function askEither<T>(schema: z.ZodType<T>, sql: (column: Column) => string, window: TimeWindow) {
    const rows = await ask(sql("source"), window);
    const found = rows.length > 0 ? rows : await ask(sql("source_name"), window).catch(() => []);
    return found.map((row) => parseReply(schema, row, `GET ${path}`));
  }

  return {
    async readFunctionCalls(window, slowMs) {
      const sql = (column: Column): string => `select
  log_attributes['function_id'] as function_id,
  toFloat64(count()) as total,
  toFloat64(countIf(${hasStatus} and log_attributes['execution_time_ms'] != '')) as known,
  toFloat64(countIf(${status} >= 500)) as failed,
  toFloat64(countIf(${status} >= 500 or ${took} >= ${slowMs})) as slow,
  toFloat64(countIf(${status} >= 400 and ${status} < 500)) as refused,
  toFloat64(countIf(${status} = 429)) as limited,
  quantile(0.95)(${took}) as p95
from logs
where ${column} = 'function_edge_logs' and log_attributes['request.method'] != 'OPTIONS' and ${notOurs}
group by function_id
order by total desc
limit 100`;
      const rows = await askEither(callsSchema, sql, window);
      assertKnown(rows, "function_edge_logs");
      return rows.map(({ function_id: functionId, total, failed, slow, refused, limited, p95: p95Ms }) => ({
        functionId,
        total,
        failed,
        slow,
        refused,
        limited,
        p95Ms,
      }));
    },
    async readFunctionBoots(window) {
      const boot = "toFloat64OrZero(log_attributes['boot_time'])";
      const sql = (column: Column): string => `select
  log_attributes['function_id'] as function_id,
  toFloat64(count()) as total,
  quantile(0.5)(${boot}) as p50,
  quantile(0.95)(${boot}) as p95,
  max(${boot}) as longest
from logs
where ${column} = 'function_logs' and log_attributes['event_type'] = 'Boot' and ${boot} > 0
group by function_id
order by total desc
limit 100`;
      const rows = await askEither(bootsSchema, sql, window);
      return rows.map(({ function_id: functionId, total, p50: p50Ms, p95: p95Ms, longest: maxMs }) => ({
        functionId,
        count: total,
        p50Ms,
        p95Ms,
        maxMs,
      }));
    },
    async readRequests(window, slotMs) {
      const sql = (column: Column): string => `select
  intDiv(toUnixTimestamp64Milli(timestamp), ${slotMs}) as slot,
  toFloat64(count()) as total,
  toFloat64(countIf(${hasStatus})) as known,
  toFloat64(countIf(${status} >= 500)) as failed
from logs
where ${column} in ('edge_logs', 'function_edge_logs') and ${notOurs}
group by slot
order by slot asc
limit 1000`;
      const rows = await askEither(slotSchema, sql, window);
      assertKnown(rows, "edge_logs");
      return rows.map(({ slot, total, failed }) => ({
        from: slot * slotMs,
        to: (slot + 1) * slotMs,
        total,
        failed,
      }));
    },
  };
}

function assertKnown(
  rows: readonly { readonly total: number; readonly known: number }[],
  source: string,
): void {
  const total = rows.reduce((sum, row) => sum + row.total, 0);
  const known = rows.reduce((sum, row) => sum + row.known, 0);
  if (known === total) return;
  throw refused(`${total - known} of ${total} lines of ${source} have no status or time`);
}

function refused(why: string): BeeError {
  return new BeeError({
    code: "BEE-E755",
    message: `The project's logs cannot be counted: ${why.slice(0, 300)}`,
    hint: "Look at them in the dashboard's logs explorer; the metrics can be measured by bee loadtest as well.",
    exit: exitCodes.inconclusive,
  });
}
