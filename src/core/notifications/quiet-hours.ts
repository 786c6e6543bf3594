import { instantsOf, wallClock } from "../momentum/wall-clock.ts";
import type { Preferences } from "./notification.ts";

const dayMs = 86_400_000;

/**
 * When the quiet hours that hold now will end (ms), or null when it is not quiet now. They go by the user's clocks,
 * so a night of changing clocks may be an hour longer or shorter; an end that clocks jump over is the jump.
 * Throws a RangeError on a time that is not HH:MM or an unknown zone.
 */
export function quietUntil(nowMs: number, preferences: Preferences): number | null {
  const timeZone = preferences.timeZone ?? "UTC";
  const start = timeOfDay(preferences.quietHours.start);
  const end = timeOfDay(preferences.quietHours.end);
  const isQuiet = (instant: number) => {
    const time = ((wallClock(instant, timeZone) % dayMs) + dayMs) % dayMs;
    return start <= end ? time >= start && time < end : time >= start || time < end;
  };
  if (!preferences.quietHours.enabled || !isQuiet(nowMs)) return null;
  const now = wallClock(nowMs, timeZone);
  const midnight = now - (((now % dayMs) + dayMs) % dayMs);
  // A day more than the next, because that date may be skipped, or its end be jumped over into quiet again.
  const ends = [0, 1, 2].flatMap((days) => instantsOf(midnight + days * dayMs + end, timeZone));
  return Math.min(...ends.filter((instant) => instant > nowMs && !isQuiet(instant)));
}

/** Ms since midnight; 24:00 is 00:00. */
function timeOfDay(text: string): number {
  const [, hours, minutes, seconds = "0"] = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/.exec(text) ?? [];
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  if (!(ms <= dayMs) || Number(minutes) > 59 || Number(seconds) > 59) {
    throw new RangeError(`Not a time of day (HH:MM): ${text.slice(0, 20)}`);
  }
  return ms % dayMs;
}
