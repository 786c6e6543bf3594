import { describe, expect, it } from "vitest";
import { type Count, findBreach, findDoubts, type Indicator, indicators } from "./watch.ts";

const reading = (indicator: Indicator, long: Count, short: Count = long) => ({ indicator, long, short });
const count = (bad: number, total: number): Count => ({ bad, total });

describe("findBreach", () => {
  it.each([
    ["one failure among few is chance", indicators.errors, count(1, 4), null],
    ["a share that 14.4 times the budget could still be", indicators.errors, count(20, 100), null],
    ["a quarter of a hundred is none", indicators.errors, count(25, 100), "errors"],
    ["every call fails", indicators.errors, count(5, 5), "errors"],
    ["slow ones take a third beyond doubt", indicators.slow, count(30, 100), null],
    ["half of them are slow", indicators.slow, count(50, 100), "slow"],
    ["two of a hundred probes", indicators.answers, count(2, 100), null],
    ["five of a hundred probes", indicators.answers, count(5, 100), "answers"],
  ] as const)("%s", (_what, indicator, long, found) => {
    expect(findBreach([reading(indicator, long)])?.indicator.id ?? null).toBe(found);
  });

  it("lets what is over be over", () => {
    expect(findBreach([reading(indicators.errors, count(50, 100), count(0, 40))])).toBeNull();
    expect(findBreach([reading(indicators.errors, count(50, 100), count(0, 0))])).toBeNull();
    expect(findBreach([reading(indicators.errors, count(50, 100), count(9, 40))])?.text).toBe(
      "50 of 100 calls of the app failed (9 of 40 in the last 2 min): 50.0 times what the plan allows",
    );
  });
});

describe("findDoubts", () => {
  it("says how many samples would tell", () => {
    expect(findDoubts([reading(indicators.errors, count(0, 0))])).toEqual([
      "0 of 0 calls of the app failed: 20 without a bad one would tell",
    ]);
    expect(findDoubts([reading(indicators.errors, count(0, 20))])).toEqual([]);
    expect(
      findDoubts([reading(indicators.answers, count(0, 206)), reading(indicators.answers, count(0, 207))]),
    ).toHaveLength(1);
  });

  it("says when the share itself leaves doubt", () => {
    expect(findDoubts([reading(indicators.errors, count(5, 40))])).toEqual([
      "5 of 40 calls of the app failed: not surely under 14.4 %",
    ]);
  });
});
