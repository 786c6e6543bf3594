import { createHash } from "node:crypto";
import { ApiError } from "./api-error.ts";
import type { LogRow, ManagementDeps } from "./deps.ts";
import { answerLogAggregate, parseLogAggregate } from "./log-aggregate.ts";
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

type FunctionId = (slug: string) => string | undefined;

/** What hosted notes of a request, under its names; calls of functions have a source of their own there. */
function describeRequest(
  { part, message, status, ms, user_agent }: LogRow,
  idOf: FunctionId,
): { readonly source: string; readonly attributes: Readonly<Record<string, unknown>> } | null {
  const [, method, path] = /^([A-Z]+) (\/\S*)$/.exec(message) ?? [];
  if (part !== "gateway" || path == null || typeof status !== "number") return null;
  const request = {
    "request.method": method,
    "request.headers.user_agent": user_agent ?? "",
    "response.status_code": status,
  };
  const slug = /^\/functions\/v1\/([^/]+)/.exec(path)?.[1];
  if (slug == null) {
    return {
      source: "edge_logs",
      attributes: { ...request, "request.path": path, "response.origin_time": ms },
    };
  }
  return {
    source: "function_edge_logs",
    attributes: {
      ...request,
      "request.pathname": path,
      execution_time_ms: ms,
      function_id: idOf(slug) ?? "",
    },
  };
}

function renderRow(row: LogRow, sequence: number, idOf: FunctionId) {
  const { at, part, level, message, ...fields } = row;
  const request = describeRequest(row, idOf);
  const attributes = Object.entries({ level, ...fields, ...request?.attributes }).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return {
    id: `${createHash("sha256").update(`${part} ${at} ${message}`).digest("hex").slice(0, 24)}-${sequence}`,
    ts_ms: new Date(at).getTime(),
    source: request?.source ?? sources[part] ?? part,
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

function choose(query: LogQuery, lines: readonly LogResult[]): readonly LogResult[] {
  const rows = lines
    .filter((row) => accepts(query, row))
    .sort((a, b) => a.ts_ms - b.ts_ms || (a.id < b.id ? -1 : 1));
  if (query.newestFirst) rows.reverse();
  return rows.slice(0, query.limit);
}

/**
 * The logs of the platform's parts. Two forms of query are understood, the one that the CLI writes and counts by group;
 * others are refused.
 */
export function logRoutes(deps: ManagementDeps): RouteTable {
  return {
    "GET /v1/projects/{ref}/analytics/endpoints/logs": async ({ request }) => {
      const sql = request.query.get("sql") ?? "";
      const query = parseLogQuery(sql);
      const aggregate = query == null ? parseLogAggregate(sql) : null;
      if (query == null && aggregate == null) {
        throw new ApiError(
          400,
          "The local platform answers log queries in the form of `supabase logs --remote --service …` and counts by group, no other SQL",
        );
      }
      const { from, to } = readWindow(request.query, deps.now());
      const counts = new Map<string, number>();
      const ids = new Map(deps.functions.list().map(({ slug, id }) => [slug, id]));
      const lines = deps
        .readLogs(from.toISOString(), to.toISOString())
        .filter(({ part }) => part in sources)
        .map((row) => {
          const key = `${row.part} ${row.at} ${row.message}`;
          const sequence = counts.get(key) ?? 0;
          counts.set(key, sequence + 1);
          return renderRow(row, sequence, (slug) => ids.get(slug));
        });
      if (aggregate != null) return { status: 200, body: { result: answerLogAggregate(aggregate, lines) } };
      return { status: 200, body: { result: query == null ? [] : choose(query, lines) } };
    },
  };
}
