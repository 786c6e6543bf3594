import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, dayBounds, dayOf, daysBetween, isDate, isTimeZone, parseTargetDate } from "./calendar.ts";
import { instantsOf, wallClock } from "./wall-clock.ts";

const zones = Intl.supportedValuesOf("timeZone");
const zone = fc.constantFrom(...zones);
const from = Date.UTC(1975, 0, 1);
const instant = fc.integer({ min: from, max: Date.UTC(2040, 0, 1) });
const date = instant.map((ms) => new Date(ms).toISOString().slice(0, 10));
const hour = 3_600_000;

/** Where clocks go back over midnight, the minutes between belong to a day that has ended once already. */
function comesBackOverMidnight(ms: number, timeZone: string): boolean {
  const offset = (at: number) => wallClock(at, timeZone) - at;
  return offset(ms - 2 * hour) > offset(ms + 2 * hour);
}

describe("calendar", () => {
  it("puts every instant into the day it is on", () => {
    fc.assert(
      fc.property(instant, zone, (ms, timeZone) => {
        fc.pre(!comesBackOverMidnight(ms, timeZone));
        const { startMs, endMs } = dayBounds(dayOf(ms, timeZone), timeZone);
        expect(startMs).toBeLessThanOrEqual(ms);
        expect(endMs).toBeGreaterThan(ms);
      }),
      { numRuns: 500 },
    );
  });

  it("starts a day at the first instant that is on it", () => {
    fc.assert(
      fc.property(date, zone, (date, timeZone) => {
        const { startMs, endMs } = dayBounds(date, timeZone);
        expect(dayOf(startMs - 1, timeZone) < date).toBe(true);
        expect(dayOf(startMs, timeZone) >= date).toBe(true);
        if (endMs > startMs) expect(dayOf(startMs, timeZone)).toBe(date);
      }),
      { numRuns: 500 },
    );
  });

  it("has days that touch and last 0 or 20 to 28 hours", () => {
    fc.assert(
      fc.property(date, zone, (date, timeZone) => {
        const { startMs, endMs } = dayBounds(date, timeZone);
        expect(dayBounds(addDays(date, 1), timeZone).startMs).toBe(endMs);
        const hours = (endMs - startMs) / hour;
        expect(hours === 0 || (hours >= 20 && hours <= 28)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("finds the instants of a wall-clock time", () => {
    fc.assert(
      fc.property(instant, zone, (ms, timeZone) => {
        const instants = instantsOf(wallClock(ms, timeZone), timeZone);
        expect(instants).toContain(ms);
        expect(instants.length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 500 },
    );
  });

  it("counts days there and back", () => {
    fc.assert(
      fc.property(date, fc.integer({ min: -2000, max: 2000 }), (date, days) => {
        const other = addDays(date, days);
        expect(isDate(other)).toBe(true);
        expect(daysBetween(date, other)).toBe(days);
        expect(daysBetween(other, date)).toBe(days === 0 ? 0 : -days);
      }),
    );
  });

  it("knows every zone of the runtime", () => {
    expect(zones.filter((name) => !isTimeZone(name))).toEqual([]);
  });

  it("takes each of the last 730 days as a target date and none after today", () => {
    fc.assert(
      fc.property(instant, zone, fc.integer({ min: -730, max: 60 }), (nowMs, timeZone, offset) => {
        const date = addDays(dayOf(nowMs, timeZone), offset);
        const parsed = parseTargetDate(date, { nowMs, timeZone });
        if (offset <= 0) expect(parsed).toEqual({ date });
        else expect(parsed).toHaveProperty("issue", expect.stringContaining("later than today"));
      }),
    );
  });

  it("takes no zone's today for later than today when the user's is not known", () => {
    fc.assert(
      fc.property(instant, zone, (nowMs, deviceZone) => {
        const date = dayOf(nowMs, deviceZone);
        expect(parseTargetDate(date, { nowMs, timeZone: null })).toEqual({ date });
      }),
    );
  });

  it("answers any text with a date that is in it or an issue", () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."0123456789-:TZ+. ") }));
    fc.assert(
      fc.property(text, (text) => {
        const parsed = parseTargetDate(text, { nowMs: Date.UTC(2026, 2, 10), timeZone: "UTC" });
        if ("date" in parsed) expect(text.startsWith(parsed.date)).toBe(true);
        else expect(parsed.issue).toMatch(/^(must|is not)/);
      }),
    );
  });
});
