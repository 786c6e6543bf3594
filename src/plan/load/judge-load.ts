import { isSurelyOver, judgeShare, type Measurement } from "../measurement.ts";
import { formatShare } from "../metric-reading.ts";
import type { EndpointResult, GeneratorHealth, LoadResult, Tally } from "./result.ts";
import type { LoadThresholds } from "./thresholds.ts";

/** One thing that was judged, in words. */
export interface LoadLine {
  readonly id: string;
  readonly kind: "pass" | "fail" | "inconclusive";
  readonly text: string;
}

export interface LoadJudgement {
  readonly kind: LoadLine["kind"];
  readonly lines: readonly LoadLine[];
  /** For the gates of the success metrics; none when the run says nothing about the target. */
  readonly measurements: readonly Measurement[];
}

/** p95 < limit: less than 5 % took the limit or longer. */
const slowShare = 0.05;
const toldLate = 0.01;
const tooManyDisplaced = 0.05;

/**
 * Judged from counts alone, never from an engine's exit code. Interrupted, without samples, unresolved, not whole or with
 * a generator that could not keep the rate: inconclusive. Each share is judged by its 95 % bound.
 */
export function judgeLoad(result: LoadResult, limits: LoadThresholds): LoadJudgement {
  const faults = (result.faults ?? []).map((text) => ({ id: "whole", kind: "inconclusive", text }) as const);
  const broken = findBroken(result);
  if (broken != null) return { kind: broken.kind, lines: [broken, ...faults], measurements: [] };
  const functions = addTallies(result.endpoints.filter((one) => one.isFunction));
  const groups = [
    { name: "", tally: result.all },
    ...(functions.total > 0 && functions.total < result.all.total
      ? [{ name: " of functions", tally: functions }]
      : []),
  ];
  const judged = groups
    .flatMap(({ name, tally }) => [
      judgeLine(
        "latency",
        wordLatency(result.plan, `calls${name}${tally.failed > 0 ? " failed or" : ""}`, limits.limitMs),
        tally.over,
        tally.total,
        slowShare,
      ),
      judgeLine("errors", `calls${name} failed`, tally.failed, tally.total, limits.errorShare),
    ])
    .filter(({ id }) => limits.only == null || id === limits.only);
  const refused = judgeRefusals(result);
  const generator = judgeGenerator(result, judged);
  const doubts = (result.doubts ?? []).map((text) => ({ id: "engine", kind: "inconclusive", text }) as const);
  const crossed = result.crossed ?? [];
  const lines = [
    ...faults,
    ...doubts,
    ...(crossed.length > 0
      ? [{ id: "thresholds", kind: "fail", text: `the script's thresholds: ${crossed.join("; ")}` } as const]
      : []),
    ...(result.ending.kind === "stopped"
      ? [{ id: "stopped", kind: "fail", text: `stopped early: ${result.ending.why}` } as const]
      : []),
    ...(refused == null ? [] : [refused]),
    generator,
    ...judged,
  ];
  if (faults.length > 0) return { kind: "inconclusive", lines, measurements: [] };
  // Lateness of the generator makes no error: what failed has failed. Its drops may be its own.
  const { dropped } = result.generator;
  const allowed = limits.only === "latency" ? slowShare : limits.errorShare;
  const failed = isSurelyOver(result.all.failed - dropped, result.all.total - dropped, allowed);
  const unsure = (generator.kind === "inconclusive" || doubts.length > 0) && !failed;
  const kind = unsure ? "inconclusive" : worst(lines);
  return { kind, lines, measurements: unsure ? [] : assembleMeasurements(result, functions) };
}

/** What makes the figures say nothing at all. */
function findBroken({ ending, all, failures }: LoadResult): LoadLine | null {
  const inconclusive = (id: string, text: string): LoadLine => ({ id, kind: "inconclusive", text });
  if (ending.kind === "interrupted")
    return inconclusive("interrupted", `interrupted after ${all.total} calls: a part is never a pass`);
  if (all.total === 0) return inconclusive("samples", "no samples: not one call was made");
  const unresolved = countOf(failures, /^(ENOTFOUND|EAI_AGAIN)$/);
  if (unresolved > 0 && unresolved === all.total)
    return inconclusive("name", "the host's name could not be resolved: nothing reached the target");
  return null;
}

function judgeRefusals({ all, failures }: LoadResult): LoadLine | null {
  const refused = countOf(failures, /^40[13]$/);
  if (refused > 0 && refused === all.total)
    return { id: "refused", kind: "fail", text: "every call was refused (401 or 403): nothing was measured" };
  const limited = countOf(failures, /^429$/);
  if (limited > 0)
    return {
      id: "capacity",
      kind: limited / all.total > slowShare ? "fail" : "pass",
      text: `${limited} of ${all.total} calls met a rate limit (429)`,
    };
  return null;
}

/**
 * Latency counts from when a call was due, so a late generator can only make it look worse: while nothing fails
 * it is told, and let pass unless one start in twenty was off by a tenth of the limit; otherwise nobody knows whose the delay is.
 */
function judgeGenerator({ generator, plan, all, ending }: LoadResult, judged: readonly LoadLine[]): LoadLine {
  const { lateShare, displacedShare, dropped, loopDelayMs } = generator;
  const told = describeGenerator(generator);
  const late = lateShare ?? 0;
  const chance = generator.randomArrivals === true ? 3 * Math.sqrt(plan.planned) : 0;
  const short = ending.kind === "completed" && all.total < plan.planned * 0.95 - chance;
  const healthy = late <= toldLate && (loopDelayMs ?? 0) < 100;
  // Drops of a punctual generator with every place taken are calls the target did not answer; they count as failed.
  const ownDrops = dropped > 0 && (lateShare == null || !healthy);
  const passing = judged.every(({ kind }) => kind !== "fail");
  const unsure =
    short || ownDrops || (displacedShare ?? 0) > tooManyDisplaced || (late > toldLate && !passing);
  const reason = short ? `${all.total} of ${plan.planned} arrivals were offered; ` : "";
  return {
    id: "generator",
    kind: unsure ? "inconclusive" : "pass",
    text: `${unsure ? "could not keep the rate: " : ""}${reason}${told}`,
  };
}

function describeGenerator(health: GeneratorHealth): string {
  const { lateShare, latestMs, loopDelayMs, dropped, skipped, inFlight } = health;
  const parts = [
    lateShare == null ? null : `${formatShare(lateShare)} of the starts more than 10 ms late`,
    latestMs == null ? null : `latest ${Math.round(latestMs)} ms`,
    loopDelayMs == null ? null : `event loop p99 ${Math.round(loopDelayMs)} ms`,
    `${dropped} dropped`,
    skipped == null || skipped === 0 ? null : `${skipped} skipped as overdue`,
    `${inFlight} in flight at most`,
  ];
  return parts.filter((part) => part != null).join(", ");
}

function judgeLine(id: string, what: string, bad: number, total: number, limit: number): LoadLine {
  const { kind, bound, floor } = judgeShare({ bad, total }, limit);
  const told = `${bad} of ${total} ${what}`;
  const least = `the limit is ${formatShare(limit)}`;
  if (kind === "under")
    return { id, kind: "pass", text: `${told}; at 95 % at most ${formatShare(bound)}, ${least}` };
  if (kind === "over") return { id, kind: "fail", text: `${told}: ${least}` };
  return {
    id,
    kind: "inconclusive",
    text: `too few samples: ${told}; at 95 % up to ${formatShare(bound)} may be, ${least}; ${floor} without a bad one suffice`,
  };
}

function assembleMeasurements(result: LoadResult, functions: Tally): readonly Measurement[] {
  const { plan, engine, latency, endpoints } = result;
  const source = `bee loadtest ${plan.what}, ${engine}, ${plan.scenario} ${plan.profile} ${plan.rate}/s for ${plan.durationMs / 1000} s`;
  if (plan.what !== "functions") {
    const { over, failed, total } = result.all;
    const shown = latency == null ? {} : { shown: `p95 ${latency.p95.toFixed(1)} ms` };
    const bad = plan.what === "health" ? failed : over;
    return [{ metric: metrics[plan.what], bad, total, source, ...shown }];
  }
  if (functions.total === 0) return [];
  const [slowest] = endpoints
    .filter((one) => one.isFunction && one.latency != null)
    .map((one) => one.latency?.p95 ?? 0)
    .sort((a, b) => b - a);
  const shown = slowest == null ? {} : { shown: `p95 ${slowest.toFixed(1)} ms` };
  const { total } = functions;
  return [
    { metric: "functions-p95", bad: functions.over, total, source, ...shown },
    { metric: "error-rate", bad: functions.failed, total, source },
  ];
}

const metrics = { database: "database-p95", realtime: "realtime-latency", health: "uptime" } as const;

function wordLatency({ what }: LoadResult["plan"], calls: string, limitMs: number): string {
  return what === "realtime"
    ? `updates came after ${formatLimit(limitMs)} or never`
    : `${calls} took ${formatLimit(limitMs)} or longer`;
}

function addTallies(parts: readonly EndpointResult[]): Tally {
  return parts.reduce<Tally>(
    (sum, one) => ({
      total: sum.total + one.total,
      failed: sum.failed + one.failed,
      over: sum.over + one.over,
    }),
    { total: 0, failed: 0, over: 0 },
  );
}

function worst(lines: readonly LoadLine[]): LoadLine["kind"] {
  if (lines.some(({ kind }) => kind === "fail")) return "fail";
  return lines.some(({ kind }) => kind === "inconclusive") ? "inconclusive" : "pass";
}

function countOf(failures: LoadResult["failures"], pattern: RegExp): number {
  return failures.filter(({ what }) => pattern.test(what)).reduce((sum, { count }) => sum + count, 0);
}

function formatLimit(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}
