import type { Caller } from "./caller.ts";
import { asNumber, asRecord, orNull } from "./fields.ts";
import { Refusal } from "./refusal.ts";

/** How much one caller may ask: `burst` at once, then `perMinute`. */
export interface Allowance {
  readonly perMinute: number;
  readonly burst: number;
}

/** Whose allowance a call takes from, kept in private.rate_limits. All service keys share one. */
export function callerKey(functionName: string, caller: Caller): string {
  return caller.kind === "user" ? `${functionName}:user:${caller.userId}` : `${functionName}:service`;
}

/** Throws 429 when a database function answered with a time to wait. */
export function refuseWhenLimited(answer: unknown): void {
  const waitMs = orNull(asRecord(answer)["retry_after_ms"], asNumber);
  if (waitMs === null) return;
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  throw new Refusal({
    status: 429,
    code: "rate_limited",
    message: `Too many requests; try again in ${seconds} s`,
    headers: { "retry-after": String(seconds) },
  });
}
