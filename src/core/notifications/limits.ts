import { dayBounds, dayOf } from "../momentum/calendar.ts";
import type { LimitReason, NotificationType, PastNotification, Preferences } from "./notification.ts";
import type { NotificationRules } from "./rules.ts";

const minuteMs = 60_000;

/**
 * Which limit a notification of a type would go past now, or null. "Per day" is the user's calendar day: that is what
 * a person means by "twice a day", and the gaps keep midnight from being a loophole. What failed counts for the gap
 * between any two alone, which paces trying again.
 */
export function limitReached(
  type: NotificationType,
  past: readonly PastNotification[],
  nowMs: number,
  preferences: Preferences,
  rules: NotificationRules,
): LimitReason | null {
  const timeZone = preferences.timeZone ?? "UTC";
  const { startMs } = dayBounds(dayOf(nowMs, timeZone), timeZone);
  const isToday = ({ createdAtMs }: PastNotification) => createdAtMs >= startMs;
  const isWithin = (minutes: number) => (one: PastNotification) =>
    nowMs - one.createdAtMs < minutes * minuteMs;
  const received = past.filter(hasReached);
  const ofType = received.filter((one) => one.type === type);
  const perType = rules.perType[type];
  const perUser = rules.perUser[preferences.frequency];

  if (ofType.filter(isToday).length >= perType.perDay) return "type-limit";
  if (ofType.some(isWithin(perType.gapMinutes))) return "type-gap";
  if (received.filter(isToday).length >= perUser.perDay) return "daily-limit";
  if (past.some(isWithin(perUser.gapMinutes))) return "min-gap";
  return null;
}

/** Whether it got, or may yet get, to the user. */
export function hasReached({ status }: PastNotification): boolean {
  return status !== "failed";
}
