import type { AppChange, AppWatch } from "../../ports/app-gateway.ts";

export interface ScoreArrivals {
  /** Resolves when a score arrived that an event of this type went into; false after `timeoutMs`, or when it is over. */
  await(eventType: string, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
  /** Of this user's own scores, and of anybody else's. */
  readonly counts: { readonly own: number; readonly foreign: number };
  stop(): Promise<void>;
}

const pollMs = 500;

/**
 * What a user is shown of scores. One change may hold several events: each is known by its type in the breakdown, so
 * nobody waits for a change of their own.
 */
export function collectScores(watch: AppWatch, userId: string): ScoreArrivals {
  const arrived = new Set<string>();
  const waiting = new Map<string, (seen: boolean) => void>();
  // One listener for all who wait: many may.
  const watched = new WeakSet<AbortSignal>();
  const watchAbort = (signal: AbortSignal): void => {
    if (watched.has(signal)) return;
    watched.add(signal);
    signal.addEventListener("abort", () => {
      for (const end of [...waiting.values()]) end(false);
    });
  };
  const counts = { own: 0, foreign: 0 };
  let over = false;
  const collect = async (): Promise<void> => {
    while (!over) {
      const change = await watch.next(() => true, pollMs);
      if (change == null) continue;
      if (change.record["user_id"] !== userId) {
        counts.foreign += 1;
        continue;
      }
      counts.own += 1;
      for (const type of eventTypes(change)) {
        arrived.add(type);
        waiting.get(type)?.(true);
      }
    }
  };
  const collecting = collect();
  return {
    counts,
    await: (eventType, timeoutMs, signal) =>
      new Promise((resolve) => {
        const end = (seen: boolean): void => {
          clearTimeout(timer);
          waiting.delete(eventType);
          resolve(seen);
        };
        const timer = setTimeout(() => end(false), timeoutMs);
        waiting.set(eventType, end);
        watchAbort(signal);
        if (arrived.has(eventType)) end(true);
        else if (signal.aborted) end(false);
      }),
    async stop() {
      over = true;
      await watch.close();
      await collecting;
    },
  };
}

function eventTypes({ record }: AppChange): readonly string[] {
  const { breakdown } = record;
  const parsed = typeof breakdown === "string" ? parse(breakdown) : breakdown;
  if (parsed == null || typeof parsed !== "object" || !("events_by_type" in parsed)) return [];
  return Object.keys(parsed.events_by_type ?? {});
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
