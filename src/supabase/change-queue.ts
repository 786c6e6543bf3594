import type { AppChange } from "../ports/app-gateway.ts";

/** Keeps changes until somebody asks for them, so that none is missed between two questions. */
export function createChangeQueue() {
  const kept: AppChange[] = [];
  let arrived = new AbortController();
  let ended = false;
  const wake = (): void => {
    const before = arrived;
    arrived = new AbortController();
    before.abort();
  };
  return {
    push(change: AppChange): void {
      kept.push(change);
      wake();
    },
    end(): void {
      ended = true;
      wake();
    },
    /** The first kept or coming change that `accepts` takes; the others stay. */
    async next(accepts: (change: AppChange) => boolean, timeoutMs: number): Promise<AppChange | null> {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const index = kept.findIndex(accepts);
        if (index >= 0) return kept.splice(index, 1)[0] ?? null;
        const left = deadline - Date.now();
        if (ended || left <= 0) return null;
        await arrival(arrived.signal, left);
      }
    },
  };
}

function arrival(signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
