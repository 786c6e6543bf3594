const dayMs = 86_400_000;

/** What the zone's clocks show at an instant, as the ms of the same date and time in UTC. Throws a RangeError on an unknown zone. */
export function wallClock(instantMs: number, timeZone: string): number {
  const parts: Record<string, string> = {};
  for (const { type, value } of formatterOf(timeZone).formatToParts(instantMs)) parts[type] = value;
  const { year = "", month = "", day = "", hour = "", minute = "", second = "" } = parts;
  const wholeSeconds = Date.parse(`${year.padStart(4, "0")}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return wholeSeconds + (((instantMs % 1000) + 1000) % 1000);
}

/**
 * The instants at which the zone's clocks show a wall-clock time (ms as from `wallClock`), earliest first: two where
 * clocks go back over it. Where they jump over it there is one: the moment of the jump.
 */
export function instantsOf(wallMs: number, timeZone: string): readonly [number, ...number[]] {
  // No zone is a day away from UTC, so these are the offsets before and after the change near this time, if any.
  const before = wallMs - offsetAt(wallMs - dayMs, timeZone);
  const after = wallMs - offsetAt(wallMs + dayMs, timeZone);
  const earlier = Math.min(before, after);
  const later = Math.max(before, after);
  const [first, second] = [earlier, later].filter((instant) => wallClock(instant, timeZone) === wallMs);
  if (first === undefined) return [jumpOver(wallMs, earlier, later, timeZone)];
  return second === undefined || second === first ? [first] : [first, second];
}

/** The first instant in (before, after] whose wall clock is past `wallMs`. */
function jumpOver(wallMs: number, before: number, after: number, timeZone: string): number {
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallClock(middle, timeZone) >= wallMs) high = middle;
    else low = middle;
  }
  return high;
}

function offsetAt(instantMs: number, timeZone: string): number {
  return wallClock(instantMs, timeZone) - instantMs;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter costs a hundred times what using it does, so they are kept. Throws a RangeError on an unknown zone. */
export function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  // There are about 600 zones, but names ignore case, so far more spellings.
  if (formatters.size >= 1000) formatters.clear();
  formatters.set(timeZone, formatter);
  return formatter;
}
