import { describe, expect, it } from "vitest";
import { judgeReadings, type MetricReading, type SourceAnswer } from "./metric-reading.ts";

const metric = { bad: "calls failed", limit: 0.01 };
const counted = (bad: number, total: number, more: Partial<MetricReading> = {}): SourceAnswer => ({
  kind: "counted",
  source: "the logs",
  bad,
  total,
  ...more,
});
const silent: SourceAnswer = { kind: "silent", source: "bee loadtest functions", why: "no record of it" };

describe("judging a metric by its sources", () => {
  it("passes with one that shows it beyond doubt, with n, window, source, bound and floor", () => {
    const window = { from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" };
    const judged = judgeReadings(metric, [silent, counted(0, 299, { window, shown: "p95 12 ms" })]);
    expect(judged).toMatchObject({
      kind: "pass",
      evidence: { source: "the logs", window, bad: 0, total: 299, share: 0, floor: 299, limit: 0.01 },
    });
    expect(judged.kind === "pass" && judged.evidence["others"]).toEqual([
      "bee loadtest functions: no record of it",
    ]);
  });

  it("is inconclusive below the floor, and with nothing to say", () => {
    expect(judgeReadings(metric, [counted(0, 298)])).toEqual({
      kind: "inconclusive",
      reason:
        "the logs: 0 of 298 calls failed; too few to tell, at 95 % up to 1 % may be, the limit is 1 %; 299 without a bad one suffice",
    });
    expect(judgeReadings(metric, [silent]).kind).toBe("inconclusive");
    expect(judgeReadings(metric, [])).toEqual({ kind: "inconclusive", reason: "" });
  });

  it("fails when any source shows it broken, whatever the others say", () => {
    expect(judgeReadings(metric, [counted(0, 5000), counted(50, 1000, { source: "bee loadtest" })])).toEqual({
      kind: "fail",
      details: ["bee loadtest: 50 of 1000 calls failed; the limit is 1 %"],
    });
  });

  it("lets a bound show that the limit holds, never that it does not", () => {
    expect(judgeReadings(metric, [counted(0, 5000, { atMost: true })]).kind).toBe("pass");
    expect(judgeReadings(metric, [counted(500, 5000, { atMost: true })])).toMatchObject({
      kind: "inconclusive",
      reason: expect.stringContaining("at most 500 of 5000 calls failed; that bound is too wide to tell"),
    });
  });

  it("fails when something says no by itself", () => {
    const broken: SourceAnswer = { kind: "broken", source: "FCM", why: "refuses the credentials" };
    expect(judgeReadings(metric, [counted(0, 5000), broken])).toEqual({
      kind: "fail",
      details: ["FCM: refuses the credentials"],
    });
  });

  it("keeps what a later run goes on from", () => {
    const noted: SourceAnswer = { ...silent, more: { totals: { a: 1 } } };
    expect(judgeReadings(metric, [noted, counted(0, 3)])).toMatchObject({
      kind: "inconclusive",
      figures: { totals: { a: 1 } },
    });
  });
});
