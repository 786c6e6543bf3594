import { isSurelyOver, judgeShare } from "./measurement.ts";
import { formatShare } from "./metric-reading.ts";

/** Something counted while a release is watched. */
export interface Count {
  readonly total: number;
  readonly bad: number;
}

export interface Indicator {
  readonly id: "errors" | "slow" | "answers" | "platform";
  /** What counts as bad, in the plural. */
  readonly bad: string;
  /** The share that the plan allows over its window. */
  readonly budget: number;
  /** So many times faster than allowed is a breach. */
  readonly burn: number;
}

/**
 * The plan's metrics as burn rates. 14.4 and 6 are the page-worthy rates of the SRE workbook (chapter 5); a latency's
 * budget of 5 % cannot burn 14.4 times as fast without every second call being slow, so it takes the lower one.
 */
export const indicators = {
  errors: { id: "errors", bad: "calls of the app failed", budget: 0.01, burn: 14.4 },
  slow: { id: "slow", bad: "calls of the app took 2 s or longer, or failed", budget: 0.05, burn: 6 },
  answers: { id: "answers", bad: "probes of functions went unanswered", budget: 0.001, burn: 14.4 },
  platform: { id: "platform", bad: "probes of auth and REST went unanswered", budget: 0.001, burn: 14.4 },
} as const satisfies Record<Indicator["id"], Indicator>;

/** The long window says that it matters, the short one that it goes on. */
export const watchWindows = { longMs: 10 * 60_000, shortMs: 2 * 60_000 } as const;

export interface IndicatorReading {
  readonly indicator: Indicator;
  readonly long: Count;
  readonly short: Count;
}

export interface Breach {
  readonly indicator: Indicator;
  readonly text: string;
}

/** The first indicator that burns beyond doubt (95 %) in the long window and still does in the short one. */
export function findBreach(readings: readonly IndicatorReading[]): Breach | null {
  for (const { indicator, long, short } of readings) {
    const limit = indicator.budget * indicator.burn;
    if (!isSurelyOver(long.bad, long.total, limit)) continue;
    if (short.total === 0 || short.bad / short.total <= limit) continue;
    const times = long.bad / long.total / indicator.budget;
    return {
      indicator,
      text: `${long.bad} of ${long.total} ${indicator.bad} (${short.bad} of ${short.total} in the last ${watchWindows.shortMs / 60_000} min): ${times.toFixed(1)} times what the plan allows`,
    };
  }
  return null;
}

/** What keeps a watch that ended without a breach from saying that there is none; empty when nothing does. */
export function findDoubts(readings: readonly IndicatorReading[]): readonly string[] {
  return readings.flatMap(({ indicator, long }) => {
    const limit = indicator.budget * indicator.burn;
    const { kind, floor } = judgeShare(long, limit);
    if (kind === "under") return [];
    const told = `${long.bad} of ${long.total} ${indicator.bad}`;
    return [
      long.total < floor
        ? `${told}: ${floor} without a bad one would tell`
        : `${told}: not surely under ${formatShare(limit)}`,
    ];
  });
}
