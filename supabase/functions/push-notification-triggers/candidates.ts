import type { MomentumState } from "../../../src/core/momentum/algorithm.ts";
import { isTimeZone } from "../../../src/core/momentum/calendar.ts";
import {
  type DailyRow,
  defaultPreferences,
  type NotificationType,
  type PastNotification,
  type Preferences,
} from "../../../src/core/notifications/notification.ts";
import { asArray, asNumber, asRecord, asString, orNull } from "../_shared/fields.ts";

export interface Device {
  readonly id: string;
  readonly platform: string;
  readonly token: string;
}

/** What public.notification_candidates tells of one user. */
export interface Candidate {
  readonly userId: string;
  readonly wantsNotifications: boolean;
  readonly preferences: Preferences;
  /** Newest first. */
  readonly rows: readonly DailyRow[];
  readonly notifications: readonly PastNotification[];
  readonly interventionDates: readonly string[];
  readonly devices: readonly Device[];
}

export interface Candidates {
  readonly readAt: string;
  /** Where the next part of a batch starts; null at its end. */
  readonly nextAfter: string | null;
  /** How many users were looked at, those without anything to decide on included. */
  readonly found: number;
  readonly users: readonly Candidate[];
}

export function parseCandidates(answer: unknown): Candidates {
  const { read_at, next_after, found, users } = asRecord(answer);
  return {
    readAt: asString(read_at),
    nextAfter: orNull(next_after, asString),
    found: asNumber(found),
    users: asArray(users).map(parseUser),
  };
}

function parseUser(value: unknown): Candidate {
  const { user_id, preferences, scores, notifications, interventions, tokens } = asRecord(value);
  const given = orNull(preferences, asRecord);
  return {
    userId: asString(user_id),
    wantsNotifications: given?.["notifications_enabled"] !== false,
    preferences: given === null ? defaultPreferences : parsePreferences(given),
    rows: asArray(scores).map((entry) => {
      const [date, finalScore, state] = asArray(entry);
      return {
        date: asString(date),
        finalScore: asNumber(finalScore),
        state: asString(state) as MomentumState,
      };
    }),
    notifications: asArray(notifications).map((entry) => {
      const [type, triggerDate, createdAt, status] = asArray(entry);
      return {
        type: asString(type) as NotificationType,
        triggerDate: asString(triggerDate),
        createdAtMs: Date.parse(asString(createdAt)),
        status: asString(status),
      };
    }),
    interventionDates: asArray(interventions).map(asString),
    devices: asArray(tokens).map((entry) => {
      const [id, platform, token] = asArray(entry);
      return { id: asString(id), platform: asString(platform), token: asString(token) };
    }),
  };
}

function parsePreferences(given: Readonly<Record<string, unknown>>): Preferences {
  const { frequency } = given;
  const timeZone = orNull(given["time_zone"], asString);
  return {
    frequency: frequency === "minimal" || frequency === "frequent" ? frequency : "normal",
    quietHours: {
      enabled: given["quiet_hours_enabled"] === true,
      start: asString(given["quiet_hours_start"]),
      end: asString(given["quiet_hours_end"]),
    },
    // Postgres may know a zone that this runtime does not.
    timeZone: timeZone !== null && isTimeZone(timeZone) ? timeZone : null,
  };
}
