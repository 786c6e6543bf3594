import { type MessageSet, messagesV1 } from "./messages.ts";
import type { Frequency, NotificationType } from "./notification.ts";

export interface Limit {
  /** Most notifications on one of the user's calendar days. */
  readonly perDay: number;
  /** Least time between two. */
  readonly gapMinutes: number;
}

/** When a user is told something, how often, and in which words. */
export interface NotificationRules {
  /** How many of the newest rows are looked at. */
  readonly rows: number;
  /** Rows older than this, counted from the user's today, say nothing about now. */
  readonly freshDays: number;
  readonly needsCare: { readonly days: number; readonly interventionDays: number };
  /** Mean of the `days` before the newest `days`, minus the mean of those, more than `points`. */
  readonly scoreDrop: { readonly days: number; readonly points: number };
  readonly celebration: { readonly days: number };
  /** More than this many changes of state within the rows. */
  readonly consistency: { readonly changes: number };
  /** At most this many rows, and nothing received for this long. */
  readonly motivation: { readonly rows: number; readonly silenceMinutes: number };
  readonly perType: Readonly<Record<NotificationType, Limit>>;
  readonly perUser: Readonly<Record<Frequency, Limit>>;
  readonly messages: MessageSet;
}

export const notificationRulesV1: NotificationRules = {
  rows: 7,
  freshDays: 7,
  needsCare: { days: 2, interventionDays: 3 },
  scoreDrop: { days: 3, points: 15 },
  celebration: { days: 3 },
  consistency: { changes: 4 },
  motivation: { rows: 3, silenceMinutes: 24 * 60 },
  perType: {
    consecutive_needs_care: { perDay: 1, gapMinutes: 0 },
    score_drop: { perDay: 2, gapMinutes: 8 * 60 },
    celebration: { perDay: 1, gapMinutes: 0 },
    consistency_reminder: { perDay: 1, gapMinutes: 0 },
    daily_motivation: { perDay: 1, gapMinutes: 0 },
  },
  perUser: {
    minimal: { perDay: 2, gapMinutes: 240 },
    normal: { perDay: 5, gapMinutes: 120 },
    frequent: { perDay: 8, gapMinutes: 60 },
  },
  messages: messagesV1,
};
