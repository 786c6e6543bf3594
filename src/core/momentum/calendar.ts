import { formatterOf, instantsOf, wallClock } from "./wall-clock.ts";

const dayMs = 86_400_000;

/** The date that calendars in the zone show at an instant (ms since the epoch). Throws a RangeError on an unknown zone. */
export function dayOf(instantMs: number, timeZone: string): string {
  return dateOf(wallClock(instantMs, timeZone));
}

interface DayBounds {
  /** First instant of the day, in ms since the epoch. */
  readonly startMs: number;
  /** First instant after it. */
  readonly endMs: number;
}

/**
 * A date's instants in a zone: 23, 24 or 25 hours as a rule, none where the date was skipped (Apia, 2011-12-30).
 * Days touch: one ends where the next starts. A day starts at its first midnight or, where clocks jump over
 * midnight, when they land. Throws a RangeError on an unknown zone or a date that is not YYYY-MM-DD.
 */
export function dayBounds(date: string, timeZone: string): DayBounds {
  const startOf = (day: string) => instantsOf(utcMidnight(day), timeZone)[0];
  return { startMs: startOf(date), endMs: startOf(addDays(date, 1)) };
}

/** Whole days from `from` to `to` (YYYY-MM-DD), negative when `to` is earlier. Throws a RangeError on a bad date. */
export function daysBetween(from: string, to: string): number {
  return (utcMidnight(to) - utcMidnight(from)) / dayMs;
}

/** Throws a RangeError on a bad date. */
export function addDays(date: string, days: number): string {
  return dateOf(utcMidnight(date) + days * dayMs);
}

/** Whether it is YYYY-MM-DD and on the calendar. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // Engines read 30 February as 1 March.
  return !Number.isNaN(ms) && dateOf(ms) === text;
}

/**
 * Whether it names an IANA zone that this runtime knows. Offsets such as +05:00 are no names: runtimes differ on
 * them, and Postgres reads their sign the other way round.
 */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(name)) return false;
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

interface TargetDateContext {
  readonly nowMs: number;
  /** The zone the user's profile names; null when it names none. */
  readonly timeZone: string | null;
}

type TargetDate = { readonly date: string } | { readonly issue: string };

const timeOfDay = /^[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Reads a `target_date`: YYYY-MM-DD, or a full ISO timestamp of which only the date counts. It may not be later than
 * the user's today nor older than two years before it (that day included). Without a zone of their own the user's
 * today is not known, and a device far east may be on a later date than UTC: then the limit is the date at UTC+14,
 * the easternmost clock there is. An issue is a phrase to follow the field's name; it never repeats the input.
 */
export function parseTargetDate(text: string, { nowMs, timeZone }: TargetDateContext): TargetDate {
  const date = text.slice(0, 10);
  const time = text.slice(10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || (time !== "" && !timeOfDay.test(time))) {
    return { issue: "must be YYYY-MM-DD or an ISO 8601 timestamp" };
  }
  if (!isDate(date)) return { issue: "is not a date on the calendar" };
  const today = dayOf(nowMs, timeZone ?? "UTC");
  const latest = timeZone === null ? dayOf(nowMs, "Etc/GMT-14") : today;
  if (date > latest) return { issue: `must not be later than today, ${latest}` };
  const oldest = twoYearsBefore(today);
  if (date < oldest) return { issue: `must not be older than two years, ${oldest}` };
  return { date };
}

/** 29 February answers to 28 February. */
function twoYearsBefore(date: string): string {
  const sameDay = `${Number(date.slice(0, 4)) - 2}${date.slice(4)}`;
  return isDate(sameDay) ? sameDay : addDays(`${sameDay.slice(0, 4)}-03-01`, -1);
}

function utcMidnight(date: string): number {
  if (!isDate(date)) throw new RangeError(`Not a date (YYYY-MM-DD): ${date.slice(0, 40)}`);
  return Date.parse(`${date}T00:00:00Z`);
}

function dateOf(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 10);
}
