import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadPart } from "../../plan/load/part.ts";
import type { Ending, LoadPlan, LoadResult } from "../../plan/load/result.ts";
import { createArrivals, type Stage } from "../../plan/load/schedule.ts";
import { judgeStop, type LoadSecond, type SecondPart } from "../../plan/load/stop-rule.ts";
import { assembleResult, assembleSecond } from "./assemble-result.ts";
import { createRecorder, type Endpoint } from "./recorder.ts";

export interface PlannedCall {
  readonly endpoint: Endpoint;
  /** Status or error code; null for a right answer. Never rejects; ends soon after `signal` aborts. */
  run(signal: AbortSignal): Promise<string | null>;
}

export interface OpenModelInput {
  readonly plan: LoadPlan;
  readonly stages: readonly Stage[];
  /** The n-th arrival's call; those of the warm-up count too. */
  readonly call: (n: number) => PlannedCall;
  readonly inFlightLimit: number;
  readonly signal: AbortSignal;
  /** Every `count`-th arrival, from `index` on; all of them when absent. */
  readonly segment?: { readonly index: number; readonly count: number };
  readonly onSecond?: (second: LoadSecond, elapsedMs: number, part: SecondPart) => void;
}

const lateMs = 10;
/** After an interrupt, for what is in flight. */
const graceMs = 2000;

/** One generator offers all arrivals. */
export async function runOpenModel(input: OpenModelInput): Promise<LoadResult> {
  return assembleResult({ engine: "embedded", plan: input.plan, parts: [await offerArrivals(input)] });
}

/**
 * Offers calls at times that are fixed in advance, whatever becomes of them, and counts latency from those times: a
 * target that hangs for a second has made every call of that second wait (no coordinated omission). What is due while
 * `inFlightLimit` calls are under way is dropped and counted. The warm-up runs at the first rate and is not recorded.
 */
export async function offerArrivals(input: OpenModelInput): Promise<LoadPart> {
  const { plan, stages, call, inFlightLimit, signal, segment = { index: 0, count: 1 } } = input;
  const first = Math.max(1, stages[0]?.from ?? 1);
  const warmUp: Stage = { durationMs: plan.warmUpMs, from: first, to: first };
  const arrivalAt = createArrivals(plan.warmUpMs > 0 ? [warmUp, ...stages] : stages);
  const recorder = createRecorder(plan);
  const stop = new AbortController();
  const calls = new AbortController();
  let ending: Ending = { kind: "completed" };
  const interrupt = (): void => {
    ending = { kind: "interrupted" };
    stop.abort();
  };
  if (signal.aborted) interrupt();
  signal.addEventListener("abort", interrupt, { once: true });

  const flying = new Set<Promise<void>>();
  const health = { started: 0, late: 0, displaced: 0, latest: 0, dropped: 0, peak: 0 };
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;

  const offer = (n: number, dueMs: number): void => {
    const { endpoint, run } = call(n);
    const measuredMs = dueMs - plan.warmUpMs;
    const measured = measuredMs >= 0;
    if (flying.size >= inFlightLimit) {
      if (!measured) return;
      health.dropped += 1;
      recorder.addDrop(endpoint, measuredMs);
      return;
    }
    const sentMs = elapsed();
    if (measured) {
      health.started += 1;
      if (sentMs - dueMs > lateMs) health.late += 1;
      if (sentMs - dueMs > plan.limitMs / 10) health.displaced += 1;
      health.latest = Math.max(health.latest, sentMs - dueMs);
    }
    const flight = run(calls.signal).then((failure) => {
      flying.delete(flight);
      const endedMs = elapsed();
      // Cut off by bee itself: what it would have become is not known.
      if (!measured || calls.signal.aborted) return;
      recorder.add({
        endpoint,
        dueMs: measuredMs,
        latencyMs: endedMs - dueMs,
        serviceMs: endedMs - sentMs,
        failure,
      });
    });
    flying.add(flight);
    health.peak = Math.max(health.peak, flying.size);
  };

  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  const seconds: LoadSecond[] = [];
  const watch = setInterval(() => {
    const part = recorder.takeSecond(flying.size);
    if (elapsed() < plan.warmUpMs + 1000) return;
    const second = assembleSecond([part]);
    seconds.push(second);
    if (seconds.length > 10) seconds.shift();
    input.onSecond?.(second, elapsed() - plan.warmUpMs, part);
    const why = judgeStop(seconds, { limitMs: plan.limitMs, inFlightLimit });
    if (why == null || ending.kind !== "completed") return;
    ending = { kind: "stopped", why };
    stop.abort();
  }, 1000);

  try {
    for (let n = segment.index, due = arrivalAt(n); due != null && !stop.signal.aborted; ) {
      while (due != null && due <= elapsed() && !stop.signal.aborted) {
        offer(n, due);
        n += segment.count;
        due = arrivalAt(n);
      }
      if (due == null) break;
      const wait = Math.max(1, Math.floor(due - elapsed()));
      await sleep(wait, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    await drain(flying, stop.signal, calls);
  } finally {
    clearInterval(watch);
    loop.disable();
    signal.removeEventListener("abort", interrupt);
  }
  return {
    ending,
    ...recorder.read(),
    generator: {
      started: health.started,
      late: health.late,
      displaced: health.displaced,
      latestMs: health.latest,
      loopDelayMs: Math.max(0, (loop.percentile(99) || 0) / 1e6 - 10),
      dropped: health.dropped,
      inFlight: health.peak,
      inFlightLimit,
    },
  };
}

/** Every call has a time-out of its own; only a run that is to stop does not wait for it. */
async function drain(
  flying: ReadonlySet<Promise<void>>,
  stop: AbortSignal,
  calls: AbortController,
): Promise<void> {
  const landed = Promise.all(flying);
  const aborted = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([landed, aborted]);
  if (!stop.aborted) return;
  const timer = setTimeout(() => calls.abort(), graceMs);
  await Promise.all(flying);
  clearTimeout(timer);
}
