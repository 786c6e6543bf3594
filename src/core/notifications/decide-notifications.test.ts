import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, dayBounds, dayOf, daysBetween } from "../momentum/calendar.ts";
import { decideNotifications } from "./decide-notifications.ts";
import {
  type DailyRow,
  defaultPreferences,
  type NotificationInput,
  type NotificationType,
  type PastNotification,
  type Preferences,
} from "./notification.ts";
import { notificationRulesV1 } from "./rules.ts";

const minuteMs = 60_000;
const firstDay = "2026-03-01";

const rowOrNone = fc.option(
  fc.record({
    finalScore: fc.integer({ min: 0, max: 100 }),
    state: fc.constantFrom("Rising" as const, "Steady" as const, "NeedsCare" as const),
  }),
  { freq: 8 },
);

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom("00", "15", "30"))
  .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${minute}`);

const preferences: fc.Arbitrary<Preferences> = fc.record({
  frequency: fc.constantFrom("minimal" as const, "normal" as const, "frequent" as const),
  quietHours: fc.record({ enabled: fc.boolean(), start: time, end: time }),
  timeZone: fc.constantFrom(null, "Europe/Berlin", "America/New_York", "Africa/Cairo", "Asia/Kathmandu"),
});

interface Weeks {
  readonly days: readonly (Omit<DailyRow, "date"> | null)[];
  readonly preferences: Preferences;
  readonly everyMinutes: number;
  /** Which sends fail, taken in turn. */
  readonly fails: readonly boolean[];
}

/** Through the nights of changing clocks of March 2026 (8th in New York, 29th in Berlin). */
const weeks: fc.Arbitrary<Weeks> = fc.record({
  days: fc.array(rowOrNone, { minLength: 14, maxLength: 31 }),
  preferences,
  everyMinutes: fc.constantFrom(60, 150, 480, 1440),
  fails: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
});

interface Lived {
  readonly rows: readonly DailyRow[];
  readonly sent: readonly PastNotification[];
  readonly coached: readonly string[];
}

/** Runs the batch every so often, day by day, and remembers what it sent, as the database would. */
function live({ days, preferences, everyMinutes, fails }: Weeks): Lived {
  const timeZone = preferences.timeZone ?? "UTC";
  const rows = days
    .map((day, index) => (day === null ? null : { date: addDays(firstDay, index), ...day }))
    .filter((row) => row !== null);
  const newestFirst = rows.toReversed();
  const sent: PastNotification[] = [];
  const coached: string[] = [];
  const endMs = dayBounds(addDays(firstDay, days.length - 1), timeZone).endMs;
  for (let nowMs = dayBounds(firstDay, timeZone).startMs; nowMs < endMs; nowMs += everyMinutes * minuteMs) {
    const today = dayOf(nowMs, timeZone);
    const known = newestFirst.filter(({ date }) => date <= today).slice(0, 7);
    const input = { nowMs, rows: known, notifications: sent, interventionDates: coached, preferences };
    const { due, deferred, intervention } = decideNotifications(input);
    for (const { type, triggerDate } of due) {
      const status = fails[sent.length % fails.length] ? "failed" : "sent";
      sent.push({ type, triggerDate, createdAtMs: nowMs, status });
    }
    for (const { untilMs } of deferred) expect(untilMs).toBeGreaterThan(nowMs);
    if (intervention !== null) coached.push(intervention.triggerDate);
  }
  return { rows, sent, coached };
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): number[] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return [...counts.values()];
}

/** Number of the run of equal states that a date's row is in. */
function streakOf(rows: readonly DailyRow[], date: string): string {
  const upTo = rows.filter((row) => row.date <= date);
  return String(upTo.filter((row, index) => index > 0 && row.state !== upTo[index - 1]?.state).length);
}

describe("decideNotifications over random weeks", () => {
  it("never sends more than the limits", () => {
    fc.assert(
      fc.property(weeks, (weeks) => {
        const { sent } = live(weeks);
        const timeZone = weeks.preferences.timeZone ?? "UTC";
        const dayKey = ({ createdAtMs }: PastNotification) => dayOf(createdAtMs, timeZone);
        const received = sent.filter(({ status }) => status === "sent");
        const { perDay, gapMinutes } = notificationRulesV1.perUser[weeks.preferences.frequency];
        expect(Math.max(0, ...countBy(received, dayKey))).toBeLessThanOrEqual(perDay);
        for (const [type, limit] of Object.entries(notificationRulesV1.perType)) {
          const ofType = received.filter((one) => one.type === type);
          expect(Math.max(0, ...countBy(ofType, dayKey))).toBeLessThanOrEqual(limit.perDay);
          for (const [index, one] of ofType.entries()) {
            const next = ofType[index + 1]?.createdAtMs ?? Number.POSITIVE_INFINITY;
            expect(next - one.createdAtMs).toBeGreaterThanOrEqual(limit.gapMinutes * minuteMs);
          }
        }
        for (const [index, one] of sent.entries()) {
          const next = sent[index + 1]?.createdAtMs ?? Number.POSITIVE_INFINITY;
          expect(next - one.createdAtMs).toBeGreaterThanOrEqual(gapMinutes * minuteMs);
        }
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it("tells a streak once, and calls the coach once", () => {
    fc.assert(
      fc.property(weeks, (weeks) => {
        const { rows, sent, coached } = live(weeks);
        for (const type of ["consecutive_needs_care", "celebration"]) {
          const told = sent.filter((one) => one.type === type && one.status === "sent");
          expect(
            Math.max(0, ...countBy(told, ({ triggerDate }) => streakOf(rows, triggerDate))),
          ).toBeLessThanOrEqual(1);
        }
        expect(Math.max(0, ...countBy(coached, (date) => streakOf(rows, date)))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it("sends nothing in quiet hours", () => {
    fc.assert(
      fc.property(weeks, (weeks) => {
        const { quietHours, timeZone } = weeks.preferences;
        const { start, end } = quietHours;
        const preferences = { ...weeks.preferences, quietHours: { ...quietHours, enabled: true } };
        for (const { createdAtMs } of live({ ...weeks, preferences }).sent) {
          const clock = new Date(createdAtMs)
            .toLocaleTimeString("en-GB", { timeZone: timeZone ?? "UTC" })
            .slice(0, 5);
          const isQuiet = start <= end ? start <= clock && clock < end : start <= clock || clock < end;
          expect(isQuiet).toBe(false);
        }
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it("tells every NeedsCare streak of two or more to a user who can be reached at any time", () => {
    const states = fc.array(fc.constantFrom("Steady" as const, "NeedsCare" as const), {
      minLength: 14,
      maxLength: 35,
    });
    fc.assert(
      fc.property(states, (states) => {
        const days = states.map((state) => ({ finalScore: 45, state }));
        const preferences = { ...defaultPreferences, frequency: "frequent" as const };
        const { rows, sent } = live({ days, preferences, everyMinutes: 60, fails: [false] });
        const told = sent.filter(({ type }) => type === "consecutive_needs_care");
        const expected = rows.filter(
          ({ state }, index) =>
            state === "NeedsCare" &&
            rows[index - 1]?.state === "NeedsCare" &&
            rows[index - 2]?.state !== "NeedsCare",
        );
        expect(told.map(({ triggerDate }) => triggerDate)).toEqual(expected.map(({ date }) => date));
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});

describe("decideNotifications", () => {
  const input: NotificationInput = {
    nowMs: Date.UTC(2026, 2, 10, 12),
    rows: [46, 46, 46, 69, 69, 69].map((finalScore, age) => ({
      date: addDays("2026-03-10", -age),
      finalScore,
      state: age < 2 ? ("NeedsCare" as const) : ("Steady" as const),
    })),
    notifications: [],
    interventionDates: [],
    preferences: defaultPreferences,
  };

  it("goes by the rules it is given", () => {
    const gapless = { perDay: 9, gapMinutes: 0 };
    const rules = {
      ...notificationRulesV1,
      needsCare: { days: 1, interventionDays: 2 },
      perUser: { ...notificationRulesV1.perUser, normal: gapless },
    };
    const decisions = decideNotifications(input, rules);
    expect(decisions.due.map(({ type }) => type)).toEqual(["consecutive_needs_care", "score_drop"]);
    expect(decisions.intervention).toMatchObject({ streakStart: "2026-03-09", streakDays: 2 });
  });

  it("gives what is due its words", () => {
    const [decision] = decideNotifications(input).due;
    expect(decision?.message).toEqual(notificationRulesV1.messages.consecutive_needs_care[0]);
  });

  it("changes nothing it is given", () => {
    const before = structuredClone(input);
    decideNotifications(input);
    expect(input).toEqual(before);
  });

  it("words the daily motivation differently on neighbouring days", () => {
    const titles = [0, 1, 2].map((days) => {
      const nowMs = input.nowMs + days * 24 * 60 * minuteMs;
      return decideNotifications({ ...input, rows: [], nowMs }).due[0]?.message.title;
    });
    expect(new Set(titles).size).toBe(3);
    expect(daysBetween("1970-01-01", "2026-03-10") % 3).toBe(2);
  });
});

describe("messages", () => {
  const wordings = Object.entries(notificationRulesV1.messages).flatMap(([type, messages]) =>
    messages.map((message) => ({ type: type as NotificationType, message })),
  );

  it.each(wordings)("$type: '$message.title' is short and shows bystanders nothing", ({ message }) => {
    expect(message.title.length).toBeLessThanOrEqual(40);
    expect(message.body.length).toBeLessThanOrEqual(120);
    expect(`${message.title} ${message.body}`).not.toMatch(
      /\d|score|momentum|needs? care|rising|steady|drop/i,
    );
    expect(message.action_type).toMatch(/^open_[a-z_]+$/);
  });
});
