import type { Clock } from "./clock.ts";

/** Below this many requests left in the window, what is left of it is shared out. */
const scarce = 5;

/** Milliseconds a header asks to wait: `Retry-After` in seconds or as a date (RFC 9110 10.2.3), else the window. */
export function readWait(headers: Readonly<Record<string, string>>, now: number): number | null {
  const after = headers["retry-after"];
  if (after != null && /^\d+(\.\d+)?$/.test(after)) return Number(after) * 1_000;
  const date = after == null ? Number.NaN : Date.parse(after);
  if (!Number.isNaN(date)) return Math.max(0, date - now);
  return readSeconds(headers["x-ratelimit-reset"]);
}

/** Spreads requests when the API says that few are left (120 a minute; x-ratelimit-remaining, -reset). */
export function createRatePace(clock: Clock) {
  let notBefore = 0;
  return {
    /** How long the next request should wait, in milliseconds. */
    delay: (): number => Math.max(0, notBefore - clock.now()),
    note(headers: Readonly<Record<string, string>>): void {
      const remaining = Number(headers["x-ratelimit-remaining"] ?? Number.NaN);
      const reset = readSeconds(headers["x-ratelimit-reset"]);
      if (Number.isNaN(remaining) || reset == null || remaining >= scarce) return;
      notBefore = Math.max(notBefore, clock.now() + reset / (remaining + 1));
    },
  };
}

function readSeconds(text: string | undefined): number | null {
  return text != null && /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : null;
}
