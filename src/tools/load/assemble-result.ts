import type { LoadPart } from "../../plan/load/part.ts";
import type {
  Ending,
  EndpointResult,
  GeneratorHealth,
  LoadPlan,
  LoadResult,
  ShardFigures,
  Slice,
  Tally,
} from "../../plan/load/result.ts";
import type { LoadSecond, SecondPart } from "../../plan/load/stop-rule.ts";
import { addCounts, rangeOfP95, summarise } from "./histogram.ts";
import type { Recorded } from "./recorder.ts";

export interface Measured {
  readonly engine: string;
  readonly plan: LoadPlan;
  /** One for each generator: counts and histograms are added, percentiles taken of the sums. */
  readonly parts: readonly LoadPart[];
}

export function assembleResult({ engine, plan, parts }: Measured): LoadResult {
  return {
    engine,
    plan,
    ending: mergeEndings(parts),
    ...assembleFigures(parts),
    generator: mergeHealth(parts),
  };
}

type Figures = Omit<LoadResult, "engine" | "plan" | "ending" | "generator">;

/** What was recorded, summed up, whoever offered the calls. */
export function assembleFigures(parts: readonly Recorded[]): Figures {
  const latency = addCounts(parts.flatMap(({ endpoints }) => endpoints.map((one) => one.latency)));
  const endpoints = mergeEndpoints(parts);
  return {
    all: addTallies(endpoints),
    latency: summarise(latency),
    p95Range: rangeOfP95(latency),
    service: summarise(addCounts(parts.map(({ service }) => service))),
    endpoints,
    failures: mergeFailures(parts),
    slices: mergeSlices(parts),
    sliceMs: parts[0]?.sliceMs ?? 1000,
  };
}

export function assembleShard(index: number, { endpoints, generator }: LoadPart): ShardFigures {
  const latency = addCounts(endpoints.map((one) => one.latency));
  return {
    index,
    ...addTallies(endpoints),
    p95: summarise(latency)?.p95 ?? null,
    lateShare: shareOf(generator.late, generator.started),
    dropped: generator.dropped,
  };
}

/** The same second of each generator. */
export function assembleSecond(parts: readonly SecondPart[]): LoadSecond {
  const latency = addCounts(
    parts.map((part) => part.latency),
    "coarse",
  );
  return {
    ended: sum(parts, ({ ended }) => ended),
    failed: sum(parts, ({ failed }) => failed),
    p95: summarise(latency)?.p95 ?? 0,
    inFlight: sum(parts, ({ inFlight }) => inFlight),
  };
}

function mergeEndings(parts: readonly LoadPart[]): Ending {
  const endings = parts.map(({ ending }) => ending);
  if (endings.some(({ kind }) => kind === "interrupted")) return { kind: "interrupted" };
  return endings.find((ending) => ending.kind === "stopped") ?? { kind: "completed" };
}

function mergeEndpoints(parts: readonly Recorded[]): readonly EndpointResult[] {
  return groupBy(
    parts.flatMap(({ endpoints }) => endpoints),
    ({ name }) => name,
  ).map(([name, same]) => ({
    name,
    isFunction: same.some(({ isFunction }) => isFunction),
    ...addTallies(same),
    latency: summarise(addCounts(same.map(({ latency }) => latency))),
  }));
}

function mergeFailures(parts: readonly Recorded[]): LoadResult["failures"] {
  return groupBy(
    parts.flatMap(({ failures }) => failures),
    ({ what }) => what,
  )
    .map(([what, same]) => ({ what, count: sum(same, ({ count }) => count) }))
    .sort((one, other) => other.count - one.count);
}

function mergeSlices(parts: readonly Recorded[]): readonly Slice[] {
  const sliceMs = parts[0]?.sliceMs ?? 1000;
  return groupBy(
    parts.flatMap(({ slices }) => slices),
    ({ index }) => index,
  )
    .sort(([one], [other]) => one - other)
    .map(([index, same]) => {
      const figures = summarise(
        addCounts(
          same.map(({ latency }) => latency),
          "coarse",
        ),
      );
      return {
        fromMs: index * sliceMs,
        total: sum(same, ({ total }) => total),
        failed: sum(same, ({ failed }) => failed),
        p50: figures?.p50 ?? 0,
        p95: figures?.p95 ?? 0,
        max: figures?.max ?? 0,
        buckets: (same[0]?.buckets ?? []).map((_, bucket) =>
          sum(same, ({ buckets }) => buckets[bucket] ?? 0),
        ),
      };
    });
}

/** Shares by the sums; of delays the longest. */
function mergeHealth(parts: readonly LoadPart[]): GeneratorHealth {
  const healths = parts.map(({ generator }) => generator);
  const started = sum(healths, (one) => one.started);
  return {
    lateShare: shareOf(
      sum(healths, (one) => one.late),
      started,
    ),
    displacedShare: shareOf(
      sum(healths, (one) => one.displaced),
      started,
    ),
    latestMs: Math.max(0, ...healths.map((one) => one.latestMs)),
    loopDelayMs: Math.max(0, ...healths.map((one) => one.loopDelayMs)),
    dropped: sum(healths, (one) => one.dropped),
    inFlight: sum(healths, (one) => one.inFlight),
    inFlightLimit: sum(healths, (one) => one.inFlightLimit),
  };
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): [K, readonly T[]][] {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group == null) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups];
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((all, item) => all + of(item), 0);
}

function shareOf(part: number, all: number): number {
  return all === 0 ? 0 : part / all;
}

function addTallies(tallies: readonly Tally[]): Tally {
  return {
    total: sum(tallies, ({ total }) => total),
    failed: sum(tallies, ({ failed }) => failed),
    over: sum(tallies, ({ over }) => over),
  };
}
