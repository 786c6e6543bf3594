import { describe, expect, it } from "vitest";
import { assembleStages, countArrivals, createArrivals, profiles, totalMs } from "./schedule.ts";

describe("the schedule of a run", () => {
  it.each(profiles)("spreads the arrivals of %s over the whole run, in order", (profile) => {
    const stages = assembleStages(profile, 50, 20_000);
    expect(totalMs(stages)).toBeCloseTo(20_000);
    const at = createArrivals(stages);
    const count = countArrivals(stages);
    const times = Array.from({ length: count }, (_, n) => at(n) ?? Number.NaN);
    expect(times.every((time, n) => n === 0 || time >= (times[n - 1] ?? 0))).toBe(true);
    expect(times[0]).toBeCloseTo(0);
    expect(times.at(-1)).toBeGreaterThan(19_000);
    expect(times.at(-1)).toBeLessThanOrEqual(20_000);
    expect(at(count)).toBeNull();
  });

  it("keeps a constant rate exactly", () => {
    const at = createArrivals(assembleStages("constant", 200, 1000));
    expect([at(0), at(1), at(100), at(199)]).toEqual([0, 5, 500, 995]);
  });

  it("climbs in a ramp and peaks in a spike", () => {
    const within = (profile: "ramp" | "spike", from: number, to: number): number => {
      const stages = assembleStages(profile, 100, 10_000);
      const at = createArrivals(stages);
      const times = Array.from({ length: countArrivals(stages) }, (_, n) => at(n) ?? 0);
      return times.filter((time) => time >= from && time < to).length;
    };
    expect(within("ramp", 0, 1000)).toBeLessThan(20);
    expect(within("ramp", 9000, 10_000)).toBe(100);
    expect(within("spike", 0, 1000)).toBe(20);
    expect(within("spike", 4000, 6000)).toBe(200);
    expect(within("spike", 9000, 10_000)).toBe(20);
  });
});
