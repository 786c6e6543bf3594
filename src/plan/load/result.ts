import type { Profile } from "./schedule.ts";

/** Milliseconds. */
export interface Percentiles {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What was asked of one endpoint, or of all. Counts are exact. */
export interface Tally {
  /** Arrivals that were due, whatever became of them. */
  readonly total: number;
  /** Wrong or no answer, time-outs and drops. */
  readonly failed: number;
  /** Slower than the limit, or failed: a quick refusal is no quick answer. */
  readonly over: number;
}

export interface EndpointResult extends Tally {
  readonly name: string;
  /** True for an edge function; else the REST API or a query. */
  readonly isFunction: boolean;
  readonly latency: Percentiles | null;
}

/** A slice of the run, by when the calls were due. */
export interface Slice {
  readonly fromMs: number;
  readonly total: number;
  readonly failed: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** How many fell into each of `latencyBuckets`. */
  readonly buckets: readonly number[];
}

/** Upper ends in ms; a last bucket holds the rest. */
export const latencyBuckets = [
  1, 2, 5, 10, 20, 35, 50, 75, 100, 150, 250, 500, 1000, 2000, 5000, 10_000, 30_000,
] as const;

/** The first call that each worker of a function answered, apart from the others: cold where the worker was new. */
export interface FirstCalls {
  readonly workers: number;
  /** From the sending. */
  readonly latency: Percentiles;
}

/** How the generator itself did: figures of one that could not keep up are not the target's. */
export interface GeneratorHealth {
  /** Share of starts more than 10 ms late; null when the engine does not tell. */
  readonly lateShare: number | null;
  readonly latestMs: number | null;
  /** Share of starts late by more than a tenth of the limit: then the load was another than the one asked for. */
  readonly displacedShare: number | null;
  /** 99th percentile of the event loop's delay. */
  readonly loopDelayMs: number | null;
  /** Arrivals that found no room among those in flight. */
  readonly dropped: number;
  /** Arrivals that were late by the limit before they could start: over the limit, and not sent (pgbench). */
  readonly skipped?: number;
  /** They come at random times, so that their number varies (Poisson). */
  readonly randomArrivals?: true;
  /** Most calls in flight at once, and how many may be. */
  readonly inFlight: number;
  readonly inFlightLimit: number;
}

export type Ending =
  | { readonly kind: "completed" }
  | { readonly kind: "interrupted" }
  /** Errors or latency exploded. */
  | { readonly kind: "stopped"; readonly why: string };

/** How one of several generators did. */
export interface ShardFigures extends Tally {
  readonly index: number;
  readonly p95: number | null;
  readonly lateShare: number;
  readonly dropped: number;
}

export interface LoadPlan {
  readonly what: "functions" | "database" | "realtime" | "health";
  readonly scenario: string;
  readonly profile: Profile;
  /** Highest arrivals per second. */
  readonly rate: number;
  readonly durationMs: number;
  readonly warmUpMs: number;
  /** Calls that take this long or longer are over the limit. */
  readonly limitMs: number;
  readonly planned: number;
}

/** The outcome of a load run, the same shape for every engine. */
export interface LoadResult {
  readonly engine: string;
  readonly plan: LoadPlan;
  readonly ending: Ending;
  readonly all: Tally;
  /** From when a call was due, not from when it was sent (no coordinated omission); null without samples. */
  readonly latency: Percentiles | null;
  /** Where the true p95 lies with 95 % confidence (order statistics). */
  readonly p95Range: readonly [number, number] | null;
  /** From the actual sending. */
  readonly service: Percentiles | null;
  readonly endpoints: readonly EndpointResult[];
  /** What failed, by status or error code, most frequent first. */
  readonly failures: readonly { readonly what: string; readonly count: number }[];
  readonly slices: readonly Slice[];
  readonly sliceMs: number;
  readonly generator: GeneratorHealth;
  /** What makes the figures say nothing for sure, such as a shard that is missing; absent or empty when nothing does. */
  readonly faults?: readonly string[];
  /** What an engine of somebody else's does not tell for sure; what failed beyond doubt has failed all the same. */
  readonly doubts?: readonly string[];
  /** Thresholds of the script itself that were crossed. */
  readonly crossed?: readonly string[];
  /** Of several generators, each. */
  readonly shards?: readonly ShardFigures[];
  /** Where the figures are when they are somewhere else; then there are none here. */
  readonly url?: string;
  /** Absent when workers do not name themselves. */
  readonly firstCalls?: FirstCalls;
}
