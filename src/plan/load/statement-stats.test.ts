import { describe, expect, it } from "vitest";
import {
  boundStatement,
  countOverAtMost,
  diffStatements,
  nameStatement,
  type StatementSnapshot,
  type StatementTotals,
} from "./statement-stats.ts";

/** The totals of calls that took these times. */
function totals(key: string, times: readonly number[], more: Partial<StatementTotals> = {}): StatementTotals {
  return {
    key,
    role: "authenticated",
    query: `select ${key}`,
    calls: times.length,
    totalMs: times.reduce((sum, ms) => sum + ms, 0),
    squares: times.reduce((sum, ms) => sum + ms * ms, 0),
    maxMs: Math.max(...times),
    rows: times.length,
    hit: 0,
    read: 0,
    ...more,
  };
}

function snapshot(entries: readonly StatementTotals[], more: Partial<StatementSnapshot> = {}) {
  return { at: "2026-01-01T00:01:00Z", since: "2026-01-01T00:00:00Z", evicted: 0, entries, ...more };
}

describe("what statements took between two readings", () => {
  const before = snapshot([totals("a", [10, 10]), totals("b", [5])]);

  it("is the growth of the counters, without what did not run", () => {
    const after = snapshot([totals("a", [10, 10, 40, 60]), totals("b", [5]), totals("c", [1])]);
    const { incomplete, entries } = diffStatements(before, after);
    expect(incomplete).toBe(false);
    expect(entries.map(({ key, calls, totalMs }) => [key, calls, totalMs])).toEqual([
      ["a", 2, 100],
      ["c", 1, 1],
    ]);
    expect(boundStatement(entries[0]!).meanMs).toBe(50);
  });

  it("is incomplete when counters were reset or entries thrown out", () => {
    const reset = diffStatements(before, snapshot([totals("a", [7])], { since: "2026-01-01T00:00:30Z" }));
    expect(reset).toMatchObject({ incomplete: true, entries: [{ key: "a", calls: 1 }] });
    const evicted = diffStatements(before, snapshot([totals("a", [7])], { evicted: 2 }));
    expect(evicted).toMatchObject({ incomplete: true, entries: [{ calls: 1, totalMs: 7 }] });
  });
});

describe("the bound of a percentile that the counters do not hold", () => {
  it("is mean and 4.36 deviations, or the slowest call where that is less", () => {
    const spread = totals("a", [8, 12], { maxMs: 1000 });
    expect(boundStatement(spread).p95AtMostMs).toBeCloseTo(10 + 4.3589 * 2, 3);
    expect(boundStatement(totals("a", [8, 12])).p95AtMostMs).toBe(12);
  });

  it("counts no call over the limit when the slowest was under it, and never too few", () => {
    expect(countOverAtMost([totals("a", [499, 1, 1])], 500)).toBe(0);
    const times = [...Array.from({ length: 97 }, () => 10), 600, 600, 600];
    const bound = countOverAtMost([totals("a", times)], 500);
    expect(bound).toBeGreaterThanOrEqual(3);
    expect(bound).toBeLessThan(10);
    expect(countOverAtMost([totals("a", [600, 700])], 500)).toBe(2);
    expect(countOverAtMost([], 500)).toBe(0);
  });
});

it("names a statement in one short line", () => {
  expect(nameStatement({ query: "select a\n  from b" })).toBe("select a from b");
  expect(nameStatement({ query: "x".repeat(100) }, 10)).toBe("xxxxxxxxx…");
});
