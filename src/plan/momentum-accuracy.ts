import type { MomentumState } from "../core/momentum/algorithm.ts";
import { momentumV1 } from "../core/momentum/algorithm.ts";
import { scoreDay } from "../core/momentum/score-day.ts";

/** A stored score beside what it was made from, as far as it can still be told. */
export interface StoredScore {
  readonly userId: string;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly rawScore: number;
  readonly finalScore: number;
  readonly state: string;
  readonly eventsCount: number;
  readonly algorithmVersion: string;
  /** Events of the day that were there when it was calculated, by type. */
  readonly events: readonly (readonly [string, number])[];
  readonly history: readonly {
    readonly date: string;
    readonly finalScore: number;
    readonly state: MomentumState;
  }[];
  /** Events that came after it, or earlier days and preferences that changed since: it cannot be recomputed. */
  readonly changedSince: boolean;
}

export interface Discrepancy {
  readonly userId: string;
  readonly date: string;
  /** `final_score 28, expected 31`. */
  readonly what: string;
}

export interface AccuracyCount {
  /** Scores that could be recomputed. */
  readonly total: number;
  readonly discrepancies: readonly Discrepancy[];
  /** Made of what changed since, or by an algorithm that is not known here. */
  readonly undecided: number;
}

/** Recomputes each score with the calculator's own algorithm. Two decimals are stored; half a hundredth is no difference. */
export function recomputeScores(scores: readonly StoredScore[]): AccuracyCount {
  const decidable = scores.filter(
    ({ changedSince, algorithmVersion }) => !changedSince && algorithmVersion === momentumV1.version,
  );
  return {
    total: decidable.length,
    discrepancies: decidable.flatMap((score) => findDiscrepancy(score) ?? []),
    undecided: scores.length - decidable.length,
  };
}

function findDiscrepancy(score: StoredScore): Discrepancy | null {
  const { userId, date, history } = score;
  const events = score.events.flatMap(([type, count]) =>
    Array.from({ length: count }, () => ({ type, occurredAt: `${date}T00:00:00Z` })),
  );
  const expected = scoreDay({ events, history, targetDate: date });
  const differing = [
    differ("raw_score", score.rawScore, expected.rawScore),
    differ("final_score", score.finalScore, expected.finalScore),
    differ("events_count", score.eventsCount, expected.eventsCount),
    score.state === expected.state ? null : `momentum_state ${score.state}, expected ${expected.state}`,
  ].filter((what) => what != null);
  return differing.length === 0 ? null : { userId, date, what: differing.join("; ") };
}

function differ(name: string, stored: number, expected: number): string | null {
  return Math.abs(stored - expected) < 0.005 ? null : `${name} ${stored}, expected ${expected}`;
}
