import { createHash } from "node:crypto";
import { ApiError } from "./api-error.ts";
import type { LogRow, ManagementDeps } from "./deps.ts";
import { type LogQuery, parseLogQuery } from "./log-query.ts";
import type { RouteTable } from "./router.ts";

/** Parts of the platform under the names of the hosted sources. */
const sources: Readonly<Record<string, string>> = {
  gateway: "edge_logs",
  postgres: "postgres_logs",
  postgrest: "postgrest_logs",
  auth: "auth_logs",
  realtime: "realtime_logs",
  functions: "function_logs",
};

const dayMs = 24 * 60 * 60 * 1000;
const minuteMs = 60 * 1000;

/** Without times the last minute, with one of them a minute from there, with both at most 24 h; as hosted. */
function readWindow(query: URLSearchParams, now: Date): { readonly from: Date; readonly to: Date } {
  const read = (name: string) => {
    const value = query.get(name);
    if (value == null) return null;
    const time = new Date(value);
    if (Number.isNaN(time.getTime())) throw new ApiError(400, `${name}: expected a timestamp`);
    return time;
  };
  const start = read("iso_timestamp_start");
  const end = read("iso_timestamp_end");
  const to = end ?? (start == null ? now : new Date(start.getTime() + minuteMs));
  const from = start ?? new Date(to.getTime() - minuteMs);
  if (to < from || to.getTime() - from.getTime() > dayMs)
    throw new ApiError(400, "The time range must be at most 24 hours");
  return { from, to };
}

function renderRow({ at, part, level, message, ...fields }: LogRow, sequence: number) {
  const attributes = Object.entries({ level, ...fields }).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return {
    id: `${createHash("sha256").update(`${part} ${at} ${message}`).digest("hex").slice(0, 24)}-${sequence}`,
    ts_ms: new Date(at).getTime(),
    source: sources[part] ?? part,
    severity_text: level.toUpperCase(),
    level,
    event_message: message,
    log_attributes: Object.fromEntries(attributes) as Record<string, string>,
  };
}

type LogResult = ReturnType<typeof renderRow>;

function accepts(query: LogQuery, row: LogResult): boolean {
  const { after } = query;
  return (
    (query.sources.length === 0 || query.sources.includes(row.source)) &&
    (query.levels.length === 0 || query.levels.includes(row.level)) &&
    (query.functionId == null || row.log_attributes["function_id"] === query.functionId) &&
    (query.search == null || row.event_message.toLowerCase().includes(query.search.toLowerCase())) &&
    (after == null || row.ts_ms > after.time || (row.ts_ms === after.time && row.id > after.id))
  );
}

/** The logs of the platform's parts. Only the form of query the CLI writes is understood; others are refused. */
export function logRoutes(deps: ManagementDeps): RouteTable {
  return {
    "GET /v1/projects/{ref}/analytics/endpoints/logs": async ({ request }) => {
      const query = parseLogQuery(request.query.get("sql") ?? "");
      if (query == null) {
        throw new ApiError(
          400,
          "The local platform answers log queries in the form of `supabase logs --remote --service …`, no other SQL",
        );
      }
      const { from, to } = readWindow(request.query, deps.now());
      const counts = new Map<string, number>();
      const rows = deps
        .readLogs(from.toISOString(), to.toISOString())
        .filter(({ part }) => part in sources)
        .map((row) => {
          const key = `${row.part} ${row.at} ${row.message}`;
          const sequence = counts.get(key) ?? 0;
          counts.set(key, sequence + 1);
          return renderRow(row, sequence);
        })
        .filter((row) => accepts(query, row))
        .sort((a, b) => a.ts_ms - b.ts_ms || (a.id < b.id ? -1 : 1));
      if (query.newestFirst) rows.reverse();
      return { status: 200, body: { result: rows.slice(0, query.limit) } };
    },
  };
}
