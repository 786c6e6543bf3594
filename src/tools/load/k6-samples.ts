import { isFunctionEndpoint, parseK6Sample, type SampleSource } from "../../plan/load/k6-sample.ts";
import type { LoadPlan, LoadResult } from "../../plan/load/result.ts";
import { judgeStop, type LoadSecond } from "../../plan/load/stop-rule.ts";
import { assembleFigures, assembleSecond } from "./assemble-result.ts";
import { createRecorder, type Recorder } from "./recorder.ts";

export interface K6SamplesInput {
  readonly plan: LoadPlan;
  readonly source: SampleSource;
  readonly onSecond?: (second: LoadSecond, elapsedMs: number) => void;
  /** Called once, when errors or latency explode. */
  readonly onStop: (why: string) => void;
}

export interface K6Samples {
  readonly onLine: (line: string) => void;
  /** The summary's figures, with what only single samples tell; as they are when samples are missing. */
  refine(result: LoadResult): LoadResult;
  close(): void;
}

/** Reads samples as k6 prints them: percentiles by the second, and where the true p95 lies. */
export function createK6Samples({ plan, source, onSecond, onStop }: K6SamplesInput): K6Samples {
  const recorder = createRecorder(plan);
  /** When the first call was begun, by k6's clock and by this one's. */
  let first: { readonly atMs: number; readonly here: number } | null = null;
  const recent: LoadSecond[] = [];
  let stopped = false;

  const timer = setInterval(() => {
    if (first == null) return;
    const second = assembleSecond([recorder.takeSecond(0)]);
    recent.push(second);
    onSecond?.(second, performance.now() - first.here);
    // k6 keeps its own count of what is in flight, and drops what finds no room.
    const limits = { limitMs: plan.limitMs, inFlightLimit: Number.POSITIVE_INFINITY };
    const why = judgeStop(recent.slice(-10), limits);
    if (why == null || stopped) return;
    stopped = true;
    onStop(why);
  }, 1000);

  return {
    onLine: (line) => {
      const sample = parseK6Sample(line, source);
      if (sample == null) return;
      const { endpoint, atMs, tookMs, failure } = sample;
      first ??= { atMs: atMs - tookMs, here: performance.now() };
      recorder.add({
        endpoint: { name: endpoint, isFunction: isFunctionEndpoint(endpoint) },
        dueMs: Math.max(0, atMs - tookMs - first.atMs),
        latencyMs: tookMs,
        serviceMs: tookMs,
        failure,
      });
    },
    refine: (result) => refine(result, recorder),
    close: () => clearInterval(timer),
  };
}

function refine(result: LoadResult, recorder: Recorder): LoadResult {
  const { dropped } = result.generator;
  const { all, failures, service: _same, ...figures } = assembleFigures([recorder.read()]);
  if (all.total + dropped !== result.all.total) return result;
  return {
    ...result,
    ...figures,
    all: { total: all.total + dropped, failed: all.failed + dropped, over: all.over + dropped },
    failures: [...failures, ...(dropped > 0 ? [{ what: "dropped", count: dropped }] : [])],
  };
}
