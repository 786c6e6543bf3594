import { describe, expect, it } from "vitest";
import { type ComparedRun, compareRuns } from "./compare.ts";
import { judgeRails } from "./rails.ts";
import { assembleCall, countUsers } from "./scenario.ts";
import { judgeStop, type LoadSecond } from "./stop-rule.ts";
import {
  findThresholds,
  parseAvailability,
  parseLatencyLimit,
  parsePatience,
  parseShareLimit,
} from "./thresholds.ts";

describe("limits in the words of the success metrics", () => {
  it("reads them", () => {
    expect(parseLatencyLimit("Edge Function Response Time: < 2 seconds p95")).toBe(2000);
    expect(parseLatencyLimit("Database Query Performance: < 500ms p95")).toBe(500);
    expect(parseLatencyLimit("Error Rate: < 1% for critical functions")).toBeNull();
    expect(parseShareLimit("Error Rate: < 1% for critical functions")).toBe(0.01);
    expect(parsePatience("Momentum Score Accuracy: Real-time updates within 30 seconds")).toBe(30_000);
    expect(parsePatience("Uptime: > 99.9% availability")).toBeNull();
    expect(parseAvailability("Uptime: > 99.9% availability")).toBe(0.001);
    expect(parseAvailability("Error Rate: < 1% for critical functions")).toBeNull();
  });

  it("judge of a probe only what it is asked for", () => {
    const line = (gate: string, text: string) => ({
      id: gate,
      gate,
      line: text,
      source: "here",
      severity: "major" as const,
    });
    const lists = [
      {
        id: "metrics",
        title: "Metrics",
        lines: [line("uptime", "> 99.9% availability"), line("realtime-latency", "within 30 seconds")],
      },
    ];
    expect(findThresholds(lists, "uptime")).toEqual({ limitMs: 10_000, errorShare: 0.001, only: "errors" });
    expect(findThresholds(lists, "realtime-latency")).toMatchObject({ limitMs: 30_000, only: "latency" });
    expect(findThresholds(lists, "functions-p95")).toBeNull();
  });
});

describe("the rails", () => {
  const asked = { url: "https://abc.supabase.co", rate: 50, durationMs: 10_000 };
  it("let a guarded target be loaded only by name and with a highest rate", () => {
    expect(judgeRails({ ...asked, guarded: true, host: undefined, maxRate: undefined })).toEqual([
      "a guarded target's host must be named: --host abc.supabase.co",
      "a guarded target's highest rate must be named: --max-rate 50",
    ]);
    expect(judgeRails({ ...asked, guarded: true, host: "abc.supabase.co", maxRate: 50 })).toEqual([]);
    expect(judgeRails({ ...asked, guarded: false, host: undefined, maxRate: undefined })).toEqual([]);
  });
  it("refuse another host, a higher rate and a run longer than a token lives", () => {
    expect(
      judgeRails({ ...asked, durationMs: 7_200_000, guarded: false, host: "xyz.supabase.co", maxRate: 20 }),
    ).toEqual([
      "--host xyz.supabase.co is not the target's host, which is abc.supabase.co",
      "--rate 50 is above --max-rate 20",
      "a run may last 3300 s at most: the users' tokens live for an hour",
    ]);
  });
});

describe("when a run must stop", () => {
  const limits = { limitMs: 2000, inFlightLimit: 100 };
  const second = (changed: Partial<LoadSecond>): LoadSecond => ({
    ended: 20,
    failed: 0,
    p95: 50,
    inFlight: 1,
    ...changed,
  });
  const five = (changed: Partial<LoadSecond>) => Array.from({ length: 5 }, () => second(changed));
  it("goes on while calls are answered, also slowly", () => {
    expect(judgeStop(five({ p95: 5000 }), limits)).toBeNull();
    expect(judgeStop(five({ failed: 20 }).slice(1), limits)).toBeNull();
  });
  it("stops when errors or latency explode, or nothing comes back", () => {
    expect(judgeStop(five({ failed: 10 }), limits)).toBe("50 of 100 calls failed within 5 s");
    expect(judgeStop(five({ p95: 20_000 }), limits)).toBe("p95 stayed above 20 s for 5 s");
    expect(judgeStop(five({ ended: 0, inFlight: 100 }), limits)).toContain("all 100 calls");
  });
});

describe("the calls of a scenario", () => {
  it("mix as a day does, evenly over the users, and are the same each time", () => {
    const calls = Array.from({ length: 200 }, (_, n) => assembleCall("mixed-day", n, 10, "r"));
    const count = (endpoint: string) => calls.filter((call) => call.endpoint === endpoint).length;
    expect(count("engagement_events")).toBe(130);
    expect(count("daily_engagement_scores")).toBe(40);
    expect(count("momentum-score-calculator")).toBe(30);
    expect(calls.filter(({ user }) => user === 3)).toHaveLength(20);
    expect(assembleCall("mixed-day", 7, 10, "r")).toEqual(calls[7]);
    const keys = calls.flatMap(({ json }) =>
      json != null && "idempotency_key" in json ? [json.idempotency_key] : [],
    );
    expect(new Set(keys).size).toBe(130);
  });
  it("have users enough to stay under the calculator's limit", () => {
    expect(countUsers(100, 5000)).toBe(4);
    expect(countUsers(6000, 60_000)).toBe(13);
    expect(countUsers(1_000_000, 60_000)).toBe(100);
  });
});

describe("comparing two runs", () => {
  const compared = (p95: number, spread: number, changed: Partial<ComparedRun> = {}): ComparedRun => ({
    engine: "embedded",
    plan: {
      what: "functions",
      scenario: "mixed-day",
      profile: "constant",
      rate: 20,
      durationMs: 30_000,
      warmUpMs: 3000,
      limitMs: 2000,
      planned: 600,
    },
    all: { total: 600, failed: 0, over: 0 },
    latency: { min: 1, mean: 20, p50: 20, p90: 40, p95, p99: 2 * p95, max: 3 * p95 },
    p95Range: [p95 - spread, p95 + spread],
    ending: { kind: "completed" },
    ...changed,
  });
  const kinds = (before: ComparedRun, after: ComparedRun) =>
    compareRuns(before, after).map(({ kind }) => kind);
  it("lets ten percent pass, fails what is clearly slower and doubts what may be chance", () => {
    expect(kinds(compared(100, 2), compared(110, 2))).toEqual(["pass", "pass"]);
    expect(kinds(compared(100, 2), compared(130, 2))).toEqual(["fail", "pass"]);
    expect(kinds(compared(100, 20), compared(130, 20))).toEqual(["inconclusive", "pass"]);
    expect(kinds(compared(100, 2), compared(60, 2))).toEqual(["pass", "pass"]);
  });
  it("sees more failures than the run before leaves room for", () => {
    const failing = compared(100, 2, { all: { total: 600, failed: 20, over: 20 } });
    expect(kinds(compared(100, 2), failing)).toEqual(["pass", "fail"]);
  });
  it("does not compare different loads, engines, or parts of runs", () => {
    const other = compared(100, 2);
    expect(kinds(other, { ...other, engine: "k6 2.2.0" })).toEqual(["inconclusive"]);
    expect(kinds(other, { ...other, plan: { ...other.plan, rate: 40 } })).toEqual(["inconclusive"]);
    expect(kinds(other, { ...other, ending: { kind: "interrupted" } })).toEqual(["inconclusive"]);
    expect(kinds(other, { ...other, all: { total: 40, failed: 0, over: 0 } })).toEqual(["inconclusive"]);
    expect(kinds(other, { ...other, faults: ["shard 1 left no result"] })).toEqual(["inconclusive"]);
  });
});
