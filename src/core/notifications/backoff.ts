const baseMs = 1000;
const capMs = 60_000;

/**
 * How long to wait before trying again after the given attempt (0 is the first): from the half to the whole of
 * 1, 2, 4, 8 … s, a minute at most, so that many senders do not come back at the same moment.
 * `random` is a number in [0, 1).
 */
export function backoffMs(attempt: number, random: number): number {
  const wholeMs = Math.min(capMs, baseMs * 2 ** attempt);
  return Math.round(wholeMs * (0.5 + random / 2));
}
