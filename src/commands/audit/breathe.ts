import { setImmediate } from "node:timers/promises";

/** Between two files: an interrupt that waits is heard, where a loop would keep the process busy for seconds. */
export async function breathe(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}
