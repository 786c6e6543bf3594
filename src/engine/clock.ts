/** Milliseconds since the epoch, handed in so that runs can be repeated in tests. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
