import type { MomentumState } from "../../../src/core/momentum/algorithm.ts";
import type { EngagementEvent, HistoryDay } from "../../../src/core/momentum/score-day.ts";
import { asArray, asNumber, asRecord, asString, orNull } from "../_shared/fields.ts";

/** What public.momentum_inputs tells of one user. */
export interface UserInputs {
  readonly userId: string;
  /** The zone that the user's preferences name; null when they name none. */
  readonly timeZone: string | null;
  readonly scoreDate: string;
  readonly events: readonly EngagementEvent[];
  /** Newest first. */
  readonly history: readonly HistoryDay[];
}

export interface MomentumInputs {
  readonly readAt: string;
  readonly users: ReadonlyMap<string, UserInputs>;
}

export function parseInputs(answer: unknown): MomentumInputs {
  const { read_at, users } = asRecord(answer);
  const parsed = asArray(users).map(parseUser);
  return { readAt: asString(read_at), users: new Map(parsed.map((user) => [user.userId, user])) };
}

function parseUser(value: unknown): UserInputs {
  const { user_id, time_zone, score_date, events, history } = asRecord(value);
  const scoreDate = asString(score_date);
  return {
    userId: asString(user_id),
    timeZone: orNull(time_zone, asString),
    scoreDate,
    events: asArray(events).flatMap((entry) => expand(asArray(entry), scoreDate)),
    history: asArray(history).map((entry) => {
      const [date, finalScore, state] = asArray(entry);
      return { date: asString(date), finalScore: asNumber(finalScore), state: asState(state) };
    }),
  };
}

/** The database counts by type (10,000 at most): when on the day an event was makes no difference to its points. */
function expand([type, count]: readonly unknown[], date: string): readonly EngagementEvent[] {
  return Array.from({ length: asNumber(count) }, () => ({
    type: asString(type),
    occurredAt: `${date}T00:00:00Z`,
  }));
}

export function asState(value: unknown): MomentumState {
  if (value === "Rising" || value === "Steady" || value === "NeedsCare") return value;
  throw new TypeError("not a momentum state");
}
