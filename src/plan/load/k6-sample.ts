import * as z from "zod";
import { parseJson } from "../../core/json.ts";

/** A call, as a line of k6's `--out json` tells it. */
export interface K6Sample {
  readonly endpoint: string;
  /** When it ended, in ms since 1970. */
  readonly atMs: number;
  readonly tookMs: number;
  /** Status or error code; null for a right answer. */
  readonly failure: string | null;
}

const pointSchema = z.object({
  metric: z.string(),
  data: z.object({
    time: z.string(),
    value: z.number().min(0),
    tags: z.record(z.string(), z.string()).nullish(),
  }),
});

/** Error codes of k6's that bee names as Node does; the rest by number. */
const errorNames: Readonly<Record<string, string>> = {
  "1050": "timeout",
  "1100": "ENOTFOUND",
  "1101": "ENOTFOUND",
  "1211": "ETIMEDOUT",
  "1212": "ECONNREFUSED",
  "1220": "ECONNRESET",
};

/** bee's own scripts measure with a metric of their own, which leaves their warm-up out; of others k6's is taken. */
const metrics = { own: "bee_latency", other: "http_req_duration" } as const;

export type SampleSource = keyof typeof metrics;

/** Null for other lines, of which there are ten times as many: most are told apart without being parsed. */
export function parseK6Sample(line: string, source: SampleSource): K6Sample | null {
  if (!line.includes(`"${metrics[source]}"`)) return null;
  const parsed = pointSchema.safeParse(parseJson(line));
  if (!parsed.success || parsed.data.metric !== metrics[source]) return null;
  const { time, value: tookMs, tags } = parsed.data.data;
  const atMs = Date.parse(time);
  if (Number.isNaN(atMs)) return null;
  const wrong = source === "own" ? tags?.["failure"] != null : tags?.["expected_response"] === "false";
  return {
    endpoint: tags?.["endpoint"] ?? tags?.["name"] ?? "http",
    atMs,
    tookMs,
    failure: wrong ? nameFailure(tags ?? {}) : null,
  };
}

/** A status where there is one, else the error's code. */
function nameFailure({ failure, status, error_code }: Readonly<Record<string, string>>): string {
  const code = failure ?? (status == null || status === "0" ? error_code : status) ?? "error";
  return errorNames[code] ?? code;
}

/** By the names of bee's scripts, or by the address. */
export function isFunctionEndpoint(name: string): boolean {
  return /^(momentum|push)-|\/functions\/v1\//.test(name);
}
