import { type MomentumAlgorithm, type MomentumState, momentumV1 } from "./algorithm.ts";
import { daysBetween } from "./calendar.ts";
import { round2 } from "./round2.ts";

export interface EngagementEvent {
  readonly type: string;
  /** ISO timestamp. Which events belong to the day is the caller's choice (see dayBounds). */
  readonly occurredAt: string;
}

/** An earlier day's score; at most one per date. */
export interface HistoryDay {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly finalScore: number;
  readonly state: MomentumState;
}

export interface ScoreDayInput {
  /** The events of the target date and of no other day, in any order. */
  readonly events: readonly EngagementEvent[];
  /** In any order; what lies outside [target − historyDays, target) is ignored. */
  readonly history: readonly HistoryDay[];
  /** YYYY-MM-DD */
  readonly targetDate: string;
}

interface Activity {
  readonly type: string;
  readonly points: number;
  readonly count: number;
}

/** As stored and answered, hence snake_case. The same day always gives the same JSON text. */
export interface ScoreBreakdown {
  readonly total_events: number;
  /** All events, also those past the cap. */
  readonly events_by_type: Readonly<Record<string, number>>;
  /** After the per-type cap, so the values add up to the sum that the daily cap is put on. */
  readonly points_by_type: Readonly<Record<string, number>>;
  readonly raw_score: number;
  readonly final_score: number;
  /** final − raw */
  readonly decay_adjustment: number;
  /** The three types with the most points; of equal ones the first by name. */
  readonly top_activities: readonly Activity[];
  /** Types without a weight of their own, by name. */
  readonly unknown_types: readonly string[];
}

export interface DayScore {
  /** 0..100 */
  readonly rawScore: number;
  /** 0..100, two decimals */
  readonly finalScore: number;
  readonly state: MomentumState;
  readonly eventsCount: number;
  readonly algorithmVersion: string;
  readonly breakdown: ScoreBreakdown;
}

/**
 * The momentum score of one user's day: capped points of the day's events, blended with the decayed average of the
 * days before. Throws a RangeError when a date is not YYYY-MM-DD or a history score is not within 0..dailyCap.
 */
export function scoreDay(input: ScoreDayInput, algorithm: MomentumAlgorithm = momentumV1): DayScore {
  const activities = countActivities(input.events, algorithm);
  const points = activities.reduce((sum, activity) => sum + activity.points, 0);
  const rawScore = Math.min(points, algorithm.dailyCap);
  const past = pastDays(input, algorithm);
  const finalScore = past.length === 0 ? rawScore : blend(rawScore, past, algorithm);
  return {
    rawScore,
    finalScore,
    state: judgeState(finalScore, past[0]?.state, algorithm),
    eventsCount: input.events.length,
    algorithmVersion: algorithm.version,
    breakdown: {
      total_events: input.events.length,
      events_by_type: Object.fromEntries(activities.map(({ type, count }) => [type, count])),
      points_by_type: Object.fromEntries(activities.map(({ type, points }) => [type, points])),
      raw_score: rawScore,
      final_score: finalScore,
      decay_adjustment: round2(finalScore - rawScore),
      top_activities: activities.toSorted((a, b) => b.points - a.points).slice(0, 3),
      unknown_types: activities.map(({ type }) => type).filter((type) => !isKnown(type, algorithm)),
    },
  };
}

/** The state of a score, given the state of the most recent day before it. */
export function judgeState(
  finalScore: number,
  previous: MomentumState | undefined,
  { thresholds, hysteresis }: MomentumAlgorithm = momentumV1,
): MomentumState {
  if (previous === "Rising" && finalScore >= thresholds.rising - hysteresis) return "Rising";
  if (previous === "NeedsCare" && finalScore <= thresholds.steady + hysteresis) return "NeedsCare";
  if (finalScore >= thresholds.rising) return "Rising";
  return finalScore >= thresholds.steady ? "Steady" : "NeedsCare";
}

/** By name. All events of a type weigh the same, so which of them fall to the cap cannot change the points. */
function countActivities(events: readonly EngagementEvent[], algorithm: MomentumAlgorithm): Activity[] {
  const counts = new Map<string, number>();
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts]
    .map(([type, count]) => ({
      type,
      points: weightOf(type, algorithm) * Math.min(count, algorithm.perTypeCap),
      count,
    }))
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** Own keys only: a type may be called "constructor". */
function isKnown(type: string, { weights }: MomentumAlgorithm): boolean {
  return Object.hasOwn(weights, type);
}

function weightOf(type: string, algorithm: MomentumAlgorithm): number {
  return isKnown(type, algorithm) ? algorithm.weights[type]! : algorithm.unknownWeight;
}

interface PastDay extends HistoryDay {
  readonly age: number;
}

/** Newest first, and added up in that order, so that the order of the rows cannot move the last bit of the sum. */
function pastDays(input: ScoreDayInput, algorithm: MomentumAlgorithm): PastDay[] {
  return input.history
    .map((day) => ({ ...day, age: daysBetween(day.date, input.targetDate) }))
    .filter(({ age }) => age > 0 && age <= algorithm.historyDays)
    .sort((a, b) => a.age - b.age);
}

function blend(rawScore: number, past: readonly PastDay[], algorithm: MomentumAlgorithm): number {
  let sum = rawScore;
  let weights = 1;
  for (const { age, date, finalScore } of past) {
    if (!(finalScore >= 0 && finalScore <= algorithm.dailyCap)) {
      throw new RangeError(`The score of ${date} must be from 0 to ${algorithm.dailyCap}, got ${finalScore}`);
    }
    // e^(−λ·age) with λ = ln 2 / half-life, written so that whole half-lives are exact.
    const weight = 0.5 ** (age / algorithm.halfLifeDays);
    sum += weight * finalScore;
    weights += weight;
  }
  return round2(algorithm.blend.raw * rawScore + algorithm.blend.average * (sum / weights));
}
