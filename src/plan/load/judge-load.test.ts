import { describe, expect, it } from "vitest";
import { judgeLoad } from "./judge-load.ts";
import type { LoadResult, Percentiles } from "./result.ts";

const limits = { limitMs: 2000, errorShare: 0.01 };
const latency: Percentiles = { min: 1, mean: 20, p50: 20, p90: 40, p95: 50, p99: 60, max: 70 };

function run(changed: Partial<LoadResult> = {}): LoadResult {
  const all = changed.all ?? { total: 1000, failed: 0, over: 0 };
  return {
    engine: "embedded",
    plan: {
      what: "functions",
      scenario: "momentum-calculator",
      profile: "constant",
      rate: 100,
      durationMs: 10_000,
      warmUpMs: 0,
      limitMs: 2000,
      planned: 1000,
    },
    ending: { kind: "completed" },
    all,
    latency,
    p95Range: [48, 52],
    service: latency,
    endpoints: [{ name: "f", isFunction: true, latency, ...all }],
    failures: [],
    slices: [],
    sliceMs: 1000,
    generator: {
      lateShare: 0,
      latestMs: 2,
      displacedShare: 0,
      loopDelayMs: 1,
      dropped: 0,
      inFlight: 10,
      inFlightLimit: 500,
    },
    ...changed,
  };
}

const health = run().generator;

describe("judging a load run", () => {
  it("passes enough quick answers and measures for the gates", () => {
    const judged = judgeLoad(run(), limits);
    expect(judged.kind).toBe("pass");
    expect(judged.measurements).toMatchObject([
      { metric: "functions-p95", bad: 0, total: 1000, shown: "p95 50.0 ms" },
      { metric: "error-rate", bad: 0, total: 1000 },
    ]);
  });

  it("is inconclusive below the floors: 59 for the p95, 299 for errors", () => {
    const few = (total: number) => {
      const { plan } = run();
      return run({ all: { total, failed: 0, over: 0 }, plan: { ...plan, planned: total } });
    };
    expect(judgeLoad(few(298), limits).kind).toBe("inconclusive");
    expect(judgeLoad(few(299), limits).kind).toBe("pass");
  });

  it("judges errors by their bound: 5 of 1,000 are too many to be sure of < 1 %", () => {
    expect(judgeLoad(run({ all: { total: 1000, failed: 5, over: 5 } }), limits).kind).toBe("inconclusive");
    expect(judgeLoad(run({ all: { total: 1000, failed: 4, over: 4 } }), limits).kind).toBe("pass");
    expect(judgeLoad(run({ all: { total: 1000, failed: 30, over: 30 } }), limits).kind).toBe("fail");
  });

  it("fails a p95 over the limit", () => {
    const judged = judgeLoad(run({ all: { total: 1000, failed: 0, over: 80 } }), limits);
    expect(judged).toMatchObject({ kind: "fail" });
    expect(judged.lines.find(({ id }) => id === "latency")?.text).toBe(
      "80 of 1000 calls took 2 s or longer: the limit is 5 %",
    );
  });

  it("asks a probe for one thing alone: 59 updates in time suffice, as do 2,995 answers", () => {
    const { plan } = run();
    const realtime = { limitMs: 30_000, errorShare: 1, only: "latency" } as const;
    const seen = (total: number, over: number) =>
      run({
        all: { total, failed: over, over },
        plan: { ...plan, what: "realtime", limitMs: 30_000, planned: total },
      });
    expect(judgeLoad(seen(59, 0), realtime)).toMatchObject({
      kind: "pass",
      lines: [
        { id: "generator" },
        { text: expect.stringContaining("0 of 59 updates came after 30 s or never") },
      ],
      measurements: [{ metric: "realtime-latency", bad: 0, total: 59 }],
    });
    expect(judgeLoad(seen(58, 0), realtime).kind).toBe("inconclusive");
    expect(judgeLoad(seen(60, 60), realtime).kind).toBe("fail");
    const health = { limitMs: 10_000, errorShare: 0.001, only: "errors" } as const;
    const answered = (total: number, failed: number) =>
      run({ all: { total, failed, over: failed }, plan: { ...plan, what: "health", planned: total } });
    expect(judgeLoad(answered(2995, 0), health)).toMatchObject({
      kind: "pass",
      measurements: [{ metric: "uptime", bad: 0, total: 2995 }],
    });
    expect(judgeLoad(answered(2994, 0), health).kind).toBe("inconclusive");
    expect(judgeLoad(answered(3000, 30), health).kind).toBe("fail");
  });

  it("allows for chance in the number of arrivals that come at random", () => {
    const { plan } = run();
    const few = { all: { total: 880, failed: 0, over: 0 }, plan };
    expect(judgeLoad(run(few), limits).kind).toBe("inconclusive");
    const random = { ...health, lateShare: 0, randomArrivals: true } as const;
    expect(judgeLoad(run({ ...few, generator: random }), limits).kind).toBe("pass");
    expect(
      judgeLoad(run({ ...few, all: { total: 800, failed: 0, over: 0 }, generator: random }), limits).kind,
    ).toBe("inconclusive");
  });

  it("does not blame the target for a generator that was late", () => {
    const late = { ...health, lateShare: 0.05 };
    expect(
      judgeLoad(run({ all: { total: 1000, failed: 0, over: 80 }, generator: late }), limits),
    ).toMatchObject({
      kind: "inconclusive",
      measurements: [],
    });
    // Lateness is part of the latency: what passes with it passes without.
    expect(judgeLoad(run({ generator: late }), limits).kind).toBe("pass");
    expect(
      judgeLoad(run({ generator: { ...health, lateShare: 0.3, displacedShare: 0.2 } }), limits).kind,
    ).toBe("inconclusive");
    // What failed has failed.
    const broken = run({ all: { total: 1000, failed: 500, over: 500 }, generator: late });
    expect(judgeLoad(broken, limits)).toMatchObject({
      kind: "fail",
      measurements: [{ metric: "functions-p95" }, { metric: "error-rate", bad: 500, total: 1000 }],
    });
  });

  it("takes drops for calls without an answer only when the generator was punctual", () => {
    const all = { total: 1000, failed: 200, over: 200 };
    const punctual = run({ all, generator: { ...health, dropped: 200 } });
    expect(judgeLoad(punctual, limits).kind).toBe("fail");
    const saturated = run({ all, generator: { ...health, dropped: 200, lateShare: 0.2 } });
    expect(judgeLoad(saturated, limits).kind).toBe("inconclusive");
  });

  it.each([
    ["interrupted", run({ ending: { kind: "interrupted" } }), "inconclusive"],
    ["no samples", run({ all: { total: 0, failed: 0, over: 0 } }), "inconclusive"],
    ["too few arrivals", run({ all: { total: 900, failed: 0, over: 0 } }), "inconclusive"],
    ["stopped", run({ ending: { kind: "stopped", why: "it hung" } }), "fail"],
    [
      "refused",
      run({ all: { total: 1000, failed: 1000, over: 1000 }, failures: [{ what: "401", count: 1000 }] }),
      "fail",
    ],
  ] as const)("never passes: %s", (_name, result, kind) => {
    expect(judgeLoad(result, limits).kind).toBe(kind);
  });
});
