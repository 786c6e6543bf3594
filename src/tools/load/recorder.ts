import type { Histogram } from "hdr-histogram-js";
import {
  type EndpointResult,
  type LoadResult,
  latencyBuckets,
  type Slice,
  type Tally,
} from "../../plan/load/result.ts";
import type { LoadSecond } from "../../plan/load/stop-rule.ts";
import { createHistogram, mergeHistograms, rangeOfP95, record, summarise } from "./histogram.ts";

export interface Endpoint {
  readonly name: string;
  readonly isFunction: boolean;
}

export interface Sample {
  readonly endpoint: Endpoint;
  /** In ms from the start of the measured part. */
  readonly dueMs: number;
  readonly latencyMs: number;
  /** From the sending. */
  readonly serviceMs: number;
  /** Status or error code; null for a right answer. */
  readonly failure: string | null;
}

export type Recorded = Pick<
  LoadResult,
  "all" | "latency" | "p95Range" | "service" | "endpoints" | "failures" | "slices" | "sliceMs"
>;

export interface Recorder {
  add(sample: Sample): void;
  /** An arrival that failed without a latency: by default one for which there was no room. */
  addDrop(endpoint: Endpoint, dueMs: number, what?: string): void;
  /** What ended since the last call of this. */
  takeSecond(inFlight: number): LoadSecond;
  read(): Recorded;
}

interface Counts {
  total: number;
  failed: number;
  over: number;
}

const mostSlices = 120;

/** Counts exactly, and keeps latencies in histograms: memory does not grow with the calls. */
export function createRecorder({
  limitMs,
  durationMs,
}: {
  readonly limitMs: number;
  readonly durationMs: number;
}): Recorder {
  const sliceMs = Math.max(1000, Math.ceil(durationMs / mostSlices / 1000) * 1000);
  const service = createHistogram();
  const endpoints = new Map<string, Counts & { readonly isFunction: boolean; readonly latency: Histogram }>();
  const failures = new Map<string, number>();
  const slices = new Map<
    number,
    { total: number; failed: number; latency: Histogram; readonly buckets: number[] }
  >();
  const second = { ended: 0, failed: 0, latency: createHistogram("coarse") };

  const endpointOf = ({ name, isFunction }: Endpoint) => {
    const known = endpoints.get(name);
    if (known != null) return known;
    const made = { isFunction, total: 0, failed: 0, over: 0, latency: createHistogram() };
    endpoints.set(name, made);
    return made;
  };
  const sliceOf = (dueMs: number) => {
    const index = Math.floor(dueMs / sliceMs);
    const known = slices.get(index);
    if (known != null) return known;
    const made = {
      total: 0,
      failed: 0,
      latency: createHistogram("coarse"),
      buckets: new Array<number>(latencyBuckets.length + 1).fill(0),
    };
    slices.set(index, made);
    return made;
  };
  const fail = (what: string): void => {
    failures.set(what, (failures.get(what) ?? 0) + 1);
  };

  return {
    add({ endpoint, dueMs, latencyMs, serviceMs, failure }) {
      const failed = failure != null ? 1 : 0;
      const counts = endpointOf(endpoint);
      counts.total += 1;
      counts.failed += failed;
      counts.over += failed === 1 || latencyMs >= limitMs ? 1 : 0;
      record(counts.latency, latencyMs);
      record(service, serviceMs);
      if (failure != null) fail(failure);
      const slice = sliceOf(dueMs);
      slice.total += 1;
      slice.failed += failed;
      record(slice.latency, latencyMs);
      const found = latencyBuckets.findIndex((end) => latencyMs <= end);
      const bucket = found < 0 ? latencyBuckets.length : found;
      slice.buckets[bucket] = (slice.buckets[bucket] ?? 0) + 1;
      second.ended += 1;
      second.failed += failed;
      record(second.latency, latencyMs);
    },
    addDrop(endpoint, dueMs, what = "dropped") {
      const counts = endpointOf(endpoint);
      counts.total += 1;
      counts.failed += 1;
      counts.over += 1;
      fail(what);
      const slice = sliceOf(dueMs);
      slice.total += 1;
      slice.failed += 1;
    },
    takeSecond(inFlight) {
      const { ended, failed } = second;
      const p95 = second.latency.getValueAtPercentile(95) / 1000;
      second.ended = 0;
      second.failed = 0;
      second.latency.reset();
      return { ended, failed, p95, inFlight };
    },
    read() {
      const parts = [...endpoints.values()];
      const latency = mergeHistograms(parts.map((one) => one.latency));
      return {
        all: parts.reduce<Tally>(addTally, { total: 0, failed: 0, over: 0 }),
        latency: summarise(latency),
        p95Range: rangeOfP95(latency),
        service: summarise(service),
        endpoints: [...endpoints].map(
          ([name, { isFunction, total, failed, over, latency: own }]): EndpointResult => ({
            name,
            isFunction,
            total,
            failed,
            over,
            latency: summarise(own),
          }),
        ),
        failures: [...failures]
          .map(([what, count]) => ({ what, count }))
          .sort((one, other) => other.count - one.count),
        slices: [...slices]
          .sort(([one], [other]) => one - other)
          .map(([index, { total, failed, latency: own, buckets }]): Slice => {
            const figures = summarise(own);
            return {
              fromMs: index * sliceMs,
              total,
              failed,
              p50: figures?.p50 ?? 0,
              p95: figures?.p95 ?? 0,
              max: figures?.max ?? 0,
              buckets,
            };
          }),
        sliceMs,
      };
    },
  };
}

function addTally(sum: Tally, one: Tally): Tally {
  return { total: sum.total + one.total, failed: sum.failed + one.failed, over: sum.over + one.over };
}
