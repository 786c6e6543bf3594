import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MomentumAlgorithm, momentumV1 } from "./algorithm.ts";
import { addDays } from "./calendar.ts";
import { type HistoryDay, type ScoreDayInput, scoreDay } from "./score-day.ts";

const targetDate = "2026-03-10";
const knownTypes = Object.keys(momentumV1.weights);

const event = fc.record({
  type: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...knownTypes) },
    { weight: 1, arbitrary: fc.string() },
  ),
  occurredAt: fc.constant(`${targetDate}T12:00:00Z`),
});
const events = fc.array(event, { maxLength: 40 });

function historyBetween(youngest: number, oldest: number): fc.Arbitrary<HistoryDay[]> {
  return fc.uniqueArray(
    fc.record({
      date: fc.integer({ min: youngest, max: oldest }).map((age) => addDays(targetDate, -age)),
      finalScore: fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100),
      state: fc.constantFrom("Rising" as const, "Steady" as const, "NeedsCare" as const),
    }),
    { selector: ({ date }) => date, maxLength: 45 },
  );
}

const input: fc.Arbitrary<ScoreDayInput> = fc.record({
  events,
  history: historyBetween(-5, 45),
  targetDate: fc.constant(targetDate),
});
const rank = { NeedsCare: 0, Steady: 1, Rising: 2 };

function reordered<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length });
}

describe("scoreDay", () => {
  it("keeps raw and final within 0..100, final in hundredths", () => {
    fc.assert(
      fc.property(input, (day) => {
        const { rawScore, finalScore } = scoreDay(day);
        expect(rawScore).toSatisfy((score: number) => Number.isInteger(score) && score >= 0 && score <= 100);
        expect(finalScore).toBeGreaterThanOrEqual(0);
        expect(finalScore).toBeLessThanOrEqual(100);
        expect(String(finalScore)).toMatch(/^\d+(\.\d{1,2})?$/);
      }),
    );
  });

  it("never falls by one more event, in score or state", () => {
    fc.assert(
      fc.property(input, event, (day, extra) => {
        const before = scoreDay(day);
        const after = scoreDay({ ...day, events: [...day.events, extra] });
        expect(after.rawScore).toBeGreaterThanOrEqual(before.rawScore);
        expect(after.finalScore).toBeGreaterThanOrEqual(before.finalScore);
        expect(rank[after.state]).toBeGreaterThanOrEqual(rank[before.state]);
      }),
    );
  });

  it("never falls by a better day in the past", () => {
    fc.assert(
      fc.property(input, fc.nat(), (day, pick) => {
        const better = day.history.map((past, index) =>
          index === pick % day.history.length ? { ...past, finalScore: 100 } : past,
        );
        expect(scoreDay({ ...day, history: better }).finalScore).toBeGreaterThanOrEqual(
          scoreDay(day).finalScore,
        );
      }),
    );
  });

  it("answers the same text whatever the order of events and rows", () => {
    const shuffled = input.chain((day) =>
      fc.record({ day: fc.constant(day), events: reordered(day.events), history: reordered(day.history) }),
    );
    fc.assert(
      fc.property(shuffled, ({ day, events, history }) => {
        expect(JSON.stringify(scoreDay({ ...day, events, history }))).toBe(JSON.stringify(scoreDay(day)));
      }),
    );
  });

  it("does not look outside the window", () => {
    fc.assert(
      fc.property(
        events,
        historyBetween(1, 30),
        historyBetween(31, 90),
        historyBetween(-30, 0),
        (events, ...parts) => {
          const [within, before, after] = parts;
          const day = { events, history: within, targetDate };
          expect(scoreDay({ ...day, history: [...before, ...within, ...after] })).toEqual(scoreDay(day));
        },
      ),
    );
  });

  it("has a breakdown that adds up", () => {
    fc.assert(
      fc.property(input, (day) => {
        const { breakdown, rawScore, finalScore, eventsCount } = scoreDay(day);
        const sum = (record: Readonly<Record<string, number>>) =>
          Object.values(record).reduce((total, value) => total + value, 0);
        expect(sum(breakdown.events_by_type)).toBe(day.events.length);
        expect(eventsCount).toBe(day.events.length);
        expect(Math.min(100, sum(breakdown.points_by_type))).toBe(rawScore);
        expect(breakdown.decay_adjustment).toBeCloseTo(finalScore - rawScore, 9);
        expect(breakdown.unknown_types.every((type) => !knownTypes.includes(type))).toBe(true);
        const best = Object.values(breakdown.points_by_type).sort((a, b) => b - a);
        expect(breakdown.top_activities.map(({ points }) => points)).toEqual(best.slice(0, 3));
      }),
    );
  });

  it("changes nothing it is given", () => {
    fc.assert(
      fc.property(input, (day) => {
        const before = structuredClone(day);
        scoreDay(day);
        expect(day).toEqual(before);
      }),
    );
  });

  it("stays between the raw score and the reach of its history", () => {
    fc.assert(
      fc.property(events, historyBetween(1, 30), (events, history) => {
        const { rawScore, finalScore } = scoreDay({ events, history, targetDate });
        const scores = [rawScore, ...history.map((past) => past.finalScore)];
        expect(finalScore).toBeGreaterThanOrEqual(Math.min(...scores) - 0.005);
        expect(finalScore).toBeLessThanOrEqual(Math.max(...scores) + 0.005);
      }),
    );
  });

  it("goes by the algorithm it is given", () => {
    const algorithm: MomentumAlgorithm = {
      ...momentumV1,
      version: "v9",
      weights: { nap: 40 },
      unknownWeight: 2,
      perTypeCap: 1,
      dailyCap: 41,
      halfLifeDays: 1,
      historyDays: 1,
      blend: { raw: 0.5, average: 0.5 },
      thresholds: { rising: 30, steady: 20 },
      hysteresis: 0,
    };
    const at = "2026-03-10T12:00:00Z";
    const day = scoreDay(
      {
        events: ["nap", "nap", "walk"].map((type) => ({ type, occurredAt: at })),
        history: [
          { date: "2026-03-09", finalScore: 8, state: "NeedsCare" },
          { date: "2026-03-08", finalScore: 41, state: "Rising" },
        ],
        targetDate,
      },
      algorithm,
    );
    // raw 41 of 42, average (41 + 8/2) / 1.5 = 30, blended 35.5
    expect(day).toMatchObject({ rawScore: 41, finalScore: 35.5, state: "Rising", algorithmVersion: "v9" });
  });

  it.each([Number.NaN, -0.01, 100.01, Number.POSITIVE_INFINITY])(
    "refuses a history score of %d",
    (finalScore) => {
      const history = [{ date: "2026-03-09", finalScore, state: "Steady" as const }];
      expect(() => scoreDay({ events: [], history, targetDate })).toThrow(
        /score of 2026-03-09 must be from 0 to 100/,
      );
    },
  );

  it.each(["2026-02-30", "", "2026-03-10T00:00:00Z"])("refuses the target date '%s'", (date) => {
    const history = [{ date: "2026-03-09", finalScore: 1, state: "Steady" as const }];
    expect(() => scoreDay({ events: [], history, targetDate: date })).toThrow(/Not a date/);
  });
});
