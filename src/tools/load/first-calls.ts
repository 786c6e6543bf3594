import type { FirstCalls } from "../../plan/load/result.ts";
import { createHistogram, record, summarise } from "./histogram.ts";

/** Names the process that answered, on hosted projects as on the local platform. */
export const workerHeader = "x-deno-execution-id";

/** The first answer of each worker that was met, the warm-up included: a cold call where the worker was new. */
export function createFirstCalls() {
  const seen = new Set<string>();
  const latency = createHistogram();
  return {
    note(worker: string, ms: number): void {
      if (seen.has(worker)) return;
      seen.add(worker);
      record(latency, ms);
    },
    /** Null when no worker named itself. */
    read(): FirstCalls | null {
      const summary = summarise(latency);
      return summary == null ? null : { workers: seen.size, latency: summary };
    },
  };
}
