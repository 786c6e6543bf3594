import { type LoadPart, sliceMsOf } from "../../plan/load/part.ts";
import { latencyBuckets } from "../../plan/load/result.ts";
import type { SecondPart } from "../../plan/load/stop-rule.ts";
import { createHistogram, type Histogram, readCounts, record } from "./histogram.ts";

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

export type Recorded = Pick<LoadPart, "endpoints" | "service" | "failures" | "slices" | "sliceMs">;

export interface Recorder {
  add(sample: Sample): void;
  /** An arrival that failed without a latency: by default one for which there was no room. */
  addDrop(endpoint: Endpoint, dueMs: number, what?: string): void;
  /** What ended since the last call of this. */
  takeSecond(inFlight: number): SecondPart;
  read(): Recorded;
}

interface Counted {
  total: number;
  failed: number;
  over: number;
}

/** Counts exactly, and keeps latencies in histograms: memory does not grow with the calls. */
export function createRecorder({
  limitMs,
  durationMs,
}: {
  readonly limitMs: number;
  readonly durationMs: number;
}): Recorder {
  const sliceMs = sliceMsOf({ durationMs });
  const service = createHistogram();
  const endpoints = new Map<
    string,
    Counted & { readonly isFunction: boolean; readonly latency: Histogram }
  >();
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
      const latency = readCounts(second.latency);
      second.ended = 0;
      second.failed = 0;
      second.latency.reset();
      return { ended, failed, inFlight, latency };
    },
    read() {
      return {
        endpoints: [...endpoints].map(([name, { latency, ...counts }]) => ({
          name,
          ...counts,
          latency: [...readCounts(latency)],
        })),
        service: [...readCounts(service)],
        failures: [...failures].map(([what, count]) => ({ what, count })),
        slices: [...slices].map(([index, { latency, ...slice }]) => ({
          index,
          ...slice,
          latency: [...readCounts(latency)],
        })),
        sliceMs,
      };
    },
  };
}
