/** A piece of a run; the rate goes in a straight line from `from` to `to`, in arrivals per second. */
export interface Stage {
  readonly durationMs: number;
  readonly from: number;
  readonly to: number;
}

export const profiles = ["constant", "ramp", "soak", "spike"] as const;
export type Profile = (typeof profiles)[number];

/**
 * The stages of a profile; `rate` is its highest. ramp: from a tenth up to the rate, then a fifth of the time there.
 * soak: the rate throughout, long enough to see drift. spike: a fifth of the rate, the rate, a fifth again.
 */
export function assembleStages(profile: Profile, rate: number, durationMs: number): readonly Stage[] {
  const hold = (share: number, at: number): Stage => ({ durationMs: durationMs * share, from: at, to: at });
  switch (profile) {
    case "constant":
    case "soak":
      return [hold(1, rate)];
    case "ramp":
      return [{ durationMs: durationMs * 0.8, from: rate / 10, to: rate }, hold(0.2, rate)];
    case "spike":
      return [hold(0.4, rate / 5), hold(0.2, rate), hold(0.4, rate / 5)];
  }
}

export function totalMs(stages: readonly Stage[]): number {
  return stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** How many arrivals a run has. */
export function countArrivals(stages: readonly Stage[]): number {
  return Math.round(stages.reduce((sum, stage) => sum + arrivalsOf(stage), 0));
}

/**
 * When each arrival is due, in ms from the start: fixed in advance, whatever the target does (an open model). Answers
 * null behind the last one. To be asked in ascending order.
 */
export function createArrivals(stages: readonly Stage[]): (n: number) => number | null {
  const count = countArrivals(stages);
  let index = 0;
  let before = 0;
  let startMs = 0;
  return (n) => {
    if (n >= count) return null;
    for (;;) {
      const stage = stages[index];
      if (stage == null) return null;
      const within = n - before;
      const all = arrivalsOf(stage);
      if (within < all || index === stages.length - 1) return startMs + solve(stage, Math.min(within, all));
      before += all;
      startMs += stage.durationMs;
      index += 1;
    }
  };
}

function arrivalsOf({ durationMs, from, to }: Stage): number {
  return ((from + to) / 2) * (durationMs / 1000);
}

/** The time at which `n` have arrived: from·t + (to − from)/(2·D)·t² = n. */
function solve({ durationMs, from, to }: Stage, n: number): number {
  const slope = (to - from) / (durationMs / 1000);
  if (Math.abs(slope) < 1e-9) return (n / from) * 1000;
  return ((Math.sqrt(from * from + 2 * slope * n) - from) / slope) * 1000;
}
