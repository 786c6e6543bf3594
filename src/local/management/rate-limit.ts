import { ApiError } from "./api-error.ts";

const windowMs = 60_000;

/**
 * BEE_LOCAL_API_RATE: requests a minute, to rehearse under the hosted API's limit (120 a minute and user; some paths
 * have 60). Null, and no limit, without it.
 */
export function readRateLimit(env: NodeJS.ProcessEnv): number | null {
  const text = env["BEE_LOCAL_API_RATE"];
  if (text == null || text === "") return null;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Error(`BEE_LOCAL_API_RATE must be a number of requests a minute, not ${text}`);
}

/** Counts requests per minute. Returns the headers of the reply; throws 429 until the minute is over. */
export function createRateLimit(limit: { readonly perMinute: number | null }, now: () => Date) {
  let startedAt = 0;
  let used = 0;
  return (): Readonly<Record<string, string>> => {
    if (limit.perMinute == null) return {};
    const time = now().getTime();
    if (time - startedAt >= windowMs) {
      startedAt = time;
      used = 0;
    }
    used += 1;
    const reset = String(Math.ceil((startedAt + windowMs - time) / 1000));
    const headers = {
      "x-ratelimit-limit": String(limit.perMinute),
      "x-ratelimit-remaining": String(Math.max(0, limit.perMinute - used)),
      "x-ratelimit-reset": reset,
    };
    if (used <= limit.perMinute) return headers;
    throw new ApiError(429, "ThrottlerException: Too Many Requests", { ...headers, "retry-after": reset });
  };
}
