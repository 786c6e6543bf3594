import type { MomentumState } from "../momentum/algorithm.ts";

/** As stored in `momentum_notifications`. */
export type NotificationType =
  | "consecutive_needs_care"
  | "score_drop"
  | "celebration"
  | "consistency_reminder"
  | "daily_motivation";

export type Frequency = "minimal" | "normal" | "frequent";

/** A user's score of one day. */
export interface DailyRow {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly finalScore: number;
  readonly state: MomentumState;
}

/** A notification made before, as far as deciding on the next one needs it. */
export interface PastNotification {
  readonly type: NotificationType;
  /** Date of the newest row when it was decided, YYYY-MM-DD. */
  readonly triggerDate: string;
  readonly createdAtMs: number;
  /** `failed` never reached the user, so it uses up no limit and no streak; every other status does. */
  readonly status: string;
}

export interface Preferences {
  readonly frequency: Frequency;
  readonly quietHours: {
    readonly enabled: boolean;
    /** Wall-clock time HH:MM (HH:MM:SS is accepted), the first quiet minute. */
    readonly start: string;
    /** The first minute that is not quiet any more. Before `start`: of the next morning. Equal to it: never quiet. */
    readonly end: string;
  };
  /** IANA name; null is UTC. */
  readonly timeZone: string | null;
}

export const defaultPreferences: Preferences = {
  frequency: "normal",
  quietHours: { enabled: false, start: "22:00", end: "08:00" },
  timeZone: null,
};

/** What the user reads and where a tap leads; stored and sent, hence snake_case. */
export interface NotificationMessage {
  readonly title: string;
  readonly body: string;
  readonly action_type: string;
  readonly action_data: Readonly<Record<string, string>>;
}

export interface Decision {
  readonly type: NotificationType;
  /** Date, score and state of the newest row; null for a user who has no rows yet (date: the user's today). */
  readonly triggerDate: string;
  readonly triggerScore: number | null;
  readonly triggerState: MomentumState | null;
  readonly message: NotificationMessage;
}

export type LimitReason =
  /** This streak has had its notification. */
  | "already-notified"
  /** As many of this type today as a type allows. */
  | "type-limit"
  /** Too soon after the last of this type. */
  | "type-gap"
  /** As many in all today as the user's frequency allows. */
  | "daily-limit"
  /** Too soon after the last one of any type. */
  | "min-gap";

/** A coach is to look at this user; once per streak, at any hour, no push. */
export interface CoachIntervention {
  readonly type: "consecutive_needs_care";
  readonly triggerDate: string;
  /** Oldest row of the streak that is known, YYYY-MM-DD. */
  readonly streakStart: string;
  readonly streakDays: number;
}

export interface LimitedDecision extends Decision {
  readonly reason: LimitReason;
}

/** Held back by quiet hours: not to be stored, but decided anew at `untilMs`. */
export interface DeferredDecision extends Decision {
  readonly untilMs: number;
}

export interface NotificationDecisions {
  /** To be sent now; one at most, as long as the rules keep a gap between any two. */
  readonly due: readonly Decision[];
  readonly limited: readonly LimitedDecision[];
  readonly deferred: readonly DeferredDecision[];
  readonly intervention: CoachIntervention | null;
}

export interface NotificationInput {
  readonly nowMs: number;
  /** The user's latest daily scores, newest first. The rules look at 7; more of them tell better when a streak began. */
  readonly rows: readonly DailyRow[];
  /** The user's past notifications of at least the last 30 days, in any order. */
  readonly notifications: readonly PastNotification[];
  /** Trigger dates of the user's coach interventions of at least the last 30 days. */
  readonly interventionDates: readonly string[];
  readonly preferences: Preferences;
}
