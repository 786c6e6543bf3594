import { describe, expect, it } from "vitest";
import { findBurning, type Slot, sumSlots } from "./burn-rate.ts";

const minute = 60_000;
const now = 100 * 3_600_000;

/** Slots of two minutes that end now, `each` requests in one, of which those of the last `badMinutes` fail by `share`. */
function slots(minutes: number, each: number, badMinutes: number, share: number, until = 0): readonly Slot[] {
  return Array.from({ length: minutes / 2 }, (_, index) => {
    const to = now - index * 2 * minute;
    const bad = index * 2 < badMinutes && index * 2 >= until;
    return { from: to - 2 * minute, to, total: each, failed: bad ? Math.round(each * share) : 0 };
  });
}

describe("burning the budget of 99.9 %", () => {
  it("is seen in an hour and in five minutes at once", () => {
    expect(findBurning(slots(360, 100, 60, 0.02), now)?.text).toContain(
      "of the last 1 h failed, 20.0 times what 99.9 % allows, and 20.0 times in the last 5 min: the 43.2 minutes of 30 days would be gone in 36 h",
    );
  });

  it("is seen slower in six hours and in half an hour", () => {
    const found = findBurning(slots(720, 100, 360, 0.01), now);
    expect(found).toMatchObject({ long: 10, short: 10 });
    expect(found?.text).toContain("of the last 6 h");
  });

  it("is over when the short window is quiet again", () => {
    expect(findBurning(slots(360, 100, 60, 0.02, 40), now)).toBeNull();
  });

  it("is not told of a few failed requests among few", () => {
    expect(findBurning(slots(60, 2, 2, 0.5), now)).toBeNull();
    expect(findBurning([], now)).toBeNull();
    expect(findBurning(slots(360, 10_000, 360, 0.0005), now)).toBeNull();
  });
});

it("adds up the slots that have a part in a window", () => {
  const some: readonly Slot[] = [
    { from: 0, to: 10, total: 1, failed: 1 },
    { from: 10, to: 20, total: 2, failed: 0 },
    { from: 20, to: 30, total: 4, failed: 2 },
  ];
  expect(sumSlots(some, 10, 25)).toEqual({ total: 6, failed: 2 });
});
