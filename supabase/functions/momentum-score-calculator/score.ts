import type { MomentumState } from "../../../src/core/momentum/algorithm.ts";
import { addDays } from "../../../src/core/momentum/calendar.ts";
import type { HistoryDay } from "../../../src/core/momentum/score-day.ts";
import { asNumber, asRecord, asString } from "../_shared/fields.ts";
import { asState } from "./inputs.ts";

export interface TrendDay {
  readonly score_date: string;
  readonly final_score: number;
  readonly momentum_state: MomentumState;
}

/** What the app gets: the stored row and how it got there. */
export interface Score {
  readonly user_id: string;
  readonly score_date: string;
  readonly momentum_state: MomentumState;
  readonly final_score: number;
  readonly raw_score: number;
  readonly breakdown: Readonly<Record<string, unknown>>;
  readonly events_count: number;
  readonly algorithm_version: string;
  readonly calculated_at: string;
  /** The last 7 days with a score, this one included, oldest first. */
  readonly trend: readonly TrendDay[];
}

interface SavedRow {
  readonly userId: string;
  readonly score: Omit<Score, "trend">;
}

const trendDays = 7;

/** A row as public.save_momentum_scores returns it; the answer is made from it, so it says what is stored. */
export function parseSavedRow(value: unknown): SavedRow {
  const row = asRecord(value);
  const userId = asString(row["user_id"]);
  return {
    userId,
    score: {
      user_id: userId,
      score_date: asString(row["score_date"]),
      momentum_state: asState(row["momentum_state"]),
      final_score: asNumber(row["final_score"]),
      raw_score: asNumber(row["raw_score"]),
      breakdown: asRecord(row["breakdown"]),
      events_count: asNumber(row["events_count"]),
      algorithm_version: asString(row["algorithm_version"]),
      calculated_at: asString(row["calculated_at"]),
    },
  };
}

export function assembleScore({ score }: SavedRow, history: readonly HistoryDay[]): Score {
  const oldest = addDays(score.score_date, 1 - trendDays);
  const before = history
    .filter(({ date }) => date >= oldest)
    .map(({ date, finalScore, state }) => ({
      score_date: date,
      final_score: finalScore,
      momentum_state: state,
    }))
    .reverse();
  const { score_date, final_score, momentum_state } = score;
  return { ...score, trend: [...before, { score_date, final_score, momentum_state }] };
}
