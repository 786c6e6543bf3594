import { parseJson } from "../../core/json.ts";
import { describeK6Exit, judgeK6Exit } from "./k6-exit.ts";
import { isFunctionEndpoint } from "./k6-sample.ts";
import type { Ending, EndpointResult, GeneratorHealth, LoadPlan, LoadResult, Percentiles } from "./result.ts";

/** A metric of a k6 summary: its figures, flat. */
type Figures = Readonly<Record<string, number>>;

export interface K6Summary {
  /** By name, such as `http_reqs` or `http_req_duration{endpoint:x}`. */
  readonly metrics: ReadonlyMap<string, Figures>;
  /** Thresholds that were crossed, as `metric: expression`. */
  readonly crossed: readonly string[];
  /** Metrics with thresholds but without samples, of which any threshold holds. */
  readonly empty: readonly string[];
}

/**
 * Reads what `--summary-export` writes (figures flat, a threshold's `true` means crossed) and what `handleSummary` is
 * given (figures under `values`, `ok: false` means crossed). Null for anything else.
 */
export function parseK6Summary(text: string): K6Summary | null {
  const listed = recordOf(recordOf(parseJson(text))?.["metrics"]);
  if (listed == null) return null;
  const metrics = new Map<string, Figures>();
  const crossed: string[] = [];
  const empty: string[] = [];
  for (const [name, value] of Object.entries(listed)) {
    const metric = recordOf(value);
    if (metric == null) return null;
    const figures = recordOf(metric["values"]) ?? metric;
    const numbers = Object.fromEntries(
      Object.entries(figures).flatMap(([key, figure]) =>
        typeof figure === "number" && Number.isFinite(figure) ? [[key, figure]] : [],
      ),
    );
    metrics.set(name, numbers);
    const thresholds = Object.entries(recordOf(metric["thresholds"]) ?? {});
    if (thresholds.length > 0 && isEmpty(numbers)) empty.push(name);
    for (const [expression, outcome] of thresholds) {
      if (outcome === true || recordOf(outcome)?.["ok"] === false) crossed.push(`${name}: ${expression}`);
    }
  }
  return { metrics, crossed, empty };
}

/** Of trends (which tell their count where they were asked for it) and rates; a counter may rightly be 0. */
function isEmpty(figures: Figures): boolean {
  if ("med" in figures) return figures["count"] === 0;
  return "passes" in figures && (figures["passes"] ?? 0) + (figures["fails"] ?? 0) === 0;
}

export interface K6Outcome {
  readonly version: string;
  readonly plan: LoadPlan;
  readonly summary: K6Summary;
  /** Its exit code; 105 when it was interrupted. One input among others: it is 0 in runs that must fail. */
  readonly exitCode: number;
  /** What it logged as errors, such as exceptions of the script, which do not change its exit code. */
  readonly errors?: readonly string[];
  readonly inFlightLimit: number;
}

/** The scripts count per endpoint; these are the names they use. */
const counters = { total: "bee_calls", failed: "bee_failed", over: "bee_over" } as const;

/** Whether bee's own scripts ran, which count for themselves. */
function countsItself({ metrics }: K6Summary): boolean {
  return metrics.has(counters.total);
}

/**
 * The same shape as the embedded engine's. Calls come from the script's own counters where it has them, else from
 * http_reqs and http_req_failed; then the share over the limit is known only from the percentiles.
 */
export function assembleK6Result(outcome: K6Outcome): LoadResult {
  const { version, plan, summary, inFlightLimit } = outcome;
  const { metrics } = summary;
  const of = (name: string, key: string): number => metrics.get(name)?.[key] ?? 0;
  const dropped = of("dropped_iterations", "count");
  const own = countsItself(summary);
  const made = own ? of(counters.total, "count") : of("http_reqs", "count");
  const failed = own ? of(counters.failed, "count") : of("http_req_failed", "passes");
  const duration = metrics.get("bee_latency") ?? metrics.get("http_req_duration");
  const over = own
    ? of(counters.over, "count")
    : Math.max(failed, estimateOver(made, duration, plan.limitMs));
  const latency = made === 0 ? null : readPercentiles(duration);
  const begun = (own ? made : of("iterations", "count")) + dropped;
  return {
    engine: `k6 ${version}`,
    plan,
    ending: endingOf(outcome, begun),
    all: { total: made + dropped, failed: failed + dropped, over: over + dropped },
    latency,
    p95Range: null,
    service: null,
    endpoints: readEndpoints(metrics),
    failures: [
      ...(failed > 0 ? [{ what: "failed", count: failed }] : []),
      ...(dropped > 0 ? [{ what: "dropped", count: dropped }] : []),
    ],
    slices: [],
    sliceMs: 1000,
    generator: assembleK6Health(dropped, of("vus", "max"), inFlightLimit),
    doubts: findDoubts(outcome, begun),
    crossed: findCrossed(outcome),
  };
}

/** k6 does not tell how late it was: it drops what it cannot begin in time. */
export function assembleK6Health(dropped: number, inFlight: number, inFlightLimit: number): GeneratorHealth {
  const untold = { lateShare: null, latestMs: null, displacedShare: null, loopDelayMs: null };
  return { ...untold, dropped, inFlight, inFlightLimit };
}

function endingOf({ exitCode, plan, summary }: K6Outcome, begun: number): Ending {
  const judged = judgeK6Exit(exitCode);
  if (judged === "interrupted") return { kind: "interrupted" };
  if (judged !== "fail" || begun >= plan.planned * 0.95) return { kind: "completed" };
  return { kind: "stopped", why: [describeK6Exit(exitCode), ...summary.crossed].join("; ") };
}

/** Situations in which k6 ends well and nothing is known all the same. */
function findDoubts({ exitCode, plan, summary, errors = [] }: K6Outcome, begun: number): readonly string[] {
  const short = exitCode === 0 && begun < plan.planned * 0.95;
  return [
    ...(judgeK6Exit(exitCode) === "unsure" ? [describeK6Exit(exitCode)] : []),
    ...summary.empty.map((name) => `no samples for ${name}, which has thresholds`),
    ...(errors.length > 0 ? [`k6 logged ${errors.length} errors: ${(errors[0] ?? "").slice(0, 200)}`] : []),
    ...(short ? [`${begun} of ${plan.planned} arrivals were begun`] : []),
  ];
}

/** What says how the generator did is judged by itself. */
function findCrossed({ exitCode, summary }: K6Outcome): readonly string[] {
  const crossed = summary.crossed.filter((one) => !/^(dropped_iterations|bee_calls)\b/.test(one));
  if (judgeK6Exit(exitCode) !== "fail" || summary.crossed.length > 0) return crossed;
  return [describeK6Exit(exitCode)];
}

function readEndpoints(metrics: K6Summary["metrics"]): readonly EndpointResult[] {
  return [...metrics.keys()].flatMap((name): readonly EndpointResult[] => {
    const tag = /^bee_calls\{endpoint:(.+)\}$/.exec(name)?.[1];
    const total = metrics.get(name)?.["count"] ?? 0;
    if (tag == null || total === 0) return [];
    const of = (counter: string): number => metrics.get(`${counter}{endpoint:${tag}}`)?.["count"] ?? 0;
    return [
      {
        name: tag,
        isFunction: isFunctionEndpoint(tag),
        total,
        failed: of(counters.failed),
        over: of(counters.over),
        latency: readPercentiles(metrics.get(`bee_latency{endpoint:${tag}}`)),
      },
    ];
  });
}

/** At least the share above the highest percentile that is over the limit. */
function estimateOver(total: number, duration: Figures | undefined, limitMs: number): number {
  const steps = [
    ["med", 0.5],
    ["p(90)", 0.1],
    ["p(95)", 0.05],
    ["p(99)", 0.01],
  ] as const;
  const found = steps.find(([name]) => (duration?.[name] ?? 0) >= limitMs);
  if (found != null) return Math.ceil(total * found[1]);
  return (duration?.["max"] ?? 0) >= limitMs ? 1 : 0;
}

function readPercentiles(figures: Figures | undefined): Percentiles | null {
  if (figures == null) return null;
  const of = (key: string): number => figures[key] ?? 0;
  return {
    min: of("min"),
    mean: of("avg"),
    p50: of("med"),
    p90: of("p(90)"),
    p95: of("p(95)"),
    p99: of("p(99)"),
    max: of("max"),
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return value != null && typeof value === "object" && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}
