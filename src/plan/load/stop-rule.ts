import type { Counts } from "./part.ts";

/** One second of a run, by when the calls ended, in figures that add. */
export interface SecondPart {
  readonly ended: number;
  readonly failed: number;
  readonly inFlight: number;
  readonly latency: Counts;
}

/** One second of a run, by when the calls ended. */
export interface LoadSecond {
  readonly ended: number;
  readonly failed: number;
  readonly p95: number;
  readonly inFlight: number;
  /** What `p95` is, where an engine tells less than that. */
  readonly figure?: "mean";
}

const windowSeconds = 5;
const leastSamples = 20;

/**
 * Why a run must not go on, or null: hurting a target that is already down proves nothing more. Judged over the last
 * 5 s: half of at least 20 calls failed, p95 above ten limits, or nothing ended while calls are in flight.
 */
export function judgeStop(
  seconds: readonly LoadSecond[],
  { limitMs, inFlightLimit }: { readonly limitMs: number; readonly inFlightLimit: number },
): string | null {
  if (seconds.length < windowSeconds) return null;
  const recent = seconds.slice(-windowSeconds);
  const ended = recent.reduce((sum, one) => sum + one.ended, 0);
  const failed = recent.reduce((sum, one) => sum + one.failed, 0);
  if (ended >= leastSamples && failed / ended >= 0.5) {
    return `${failed} of ${ended} calls failed within ${windowSeconds} s`;
  }
  if (recent.every((one) => one.ended > 0 && one.p95 >= 10 * limitMs)) {
    return `${recent[0]?.figure ?? "p95"} stayed above ${(10 * limitMs) / 1000} s for ${windowSeconds} s`;
  }
  if (recent.every((one) => one.inFlight >= inFlightLimit)) {
    return `all ${inFlightLimit} calls that may be in flight were waiting for ${windowSeconds} s`;
  }
  return null;
}
