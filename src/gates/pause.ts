import { setTimeout } from "node:timers/promises";

/** Waits, or ends early when the run is interrupted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
}
