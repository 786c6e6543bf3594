export type MomentumState = "Rising" | "Steady" | "NeedsCare";

/** Everything a score depends on besides its data. A new set of numbers is a new value with a new version. */
export interface MomentumAlgorithm {
  /** Stored with every row. */
  readonly version: string;
  /** Points per event, by type. */
  readonly weights: Readonly<Record<string, number>>;
  /** Points of an event whose type is not in `weights`. */
  readonly unknownWeight: number;
  /** How many events of one type count on a day, known or not. */
  readonly perTypeCap: number;
  /** Upper end of the raw score, and of the scale. */
  readonly dailyCap: number;
  readonly halfLifeDays: number;
  /** History reaches this many days back, that day included. */
  readonly historyDays: number;
  /** Shares of the raw score and of the decayed average in the final score; together 1. */
  readonly blend: { readonly raw: number; readonly average: number };
  /** Lowest score of a state; anything under `steady` is NeedsCare. */
  readonly thresholds: { readonly rising: number; readonly steady: number };
  /** How far past a threshold a score must go before Rising or NeedsCare is left. */
  readonly hysteresis: number;
}

export const momentumV1: MomentumAlgorithm = {
  version: "v1.0",
  weights: {
    lesson_completion: 15,
    lesson_start: 5,
    journal_entry: 10,
    coach_interaction: 20,
    goal_setting: 12,
    goal_completion: 18,
    app_session: 3,
    streak_milestone: 25,
    assessment_completion: 15,
    resource_access: 5,
    peer_interaction: 8,
    reminder_response: 7,
  },
  unknownWeight: 1,
  perTypeCap: 5,
  dailyCap: 100,
  halfLifeDays: 10,
  historyDays: 30,
  blend: { raw: 0.7, average: 0.3 },
  thresholds: { rising: 70, steady: 45 },
  hysteresis: 2,
};
