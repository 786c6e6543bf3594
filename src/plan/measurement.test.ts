import { describe, expect, it } from "vitest";
import { boundShare, chanceOfAtMost, neededSamples } from "./binomial.ts";
import type { EvidenceRecord } from "./evidence-record.ts";
import { findMeasurement, judgeShare } from "./measurement.ts";

describe("the exact bound", () => {
  it.each([
    [0.05, 59],
    [0.01, 299],
    [0.001, 2995],
  ])("needs for a share under %d %d samples without a bad one", (limit, samples) => {
    expect(neededSamples(limit)).toBe(samples);
    expect(judgeShare({ bad: 0, total: samples }, limit).kind).toBe("under");
    expect(judgeShare({ bad: 0, total: samples - 1 }, limit).kind).toBe("too few");
  });

  // Ranks at which a p95 is surely under its limit: 99 of 100, 292 of 300, 962 of 1,000.
  it.each([
    [100, 1],
    [300, 8],
    [1000, 38],
  ])("lets %d samples have %d beyond the 95th percentile's limit, and not one more", (total, bad) => {
    expect(judgeShare({ bad, total }, 0.05).kind).toBe("under");
    expect(judgeShare({ bad: bad + 1, total }, 0.05).kind).toBe("too few");
  });

  it("says no when the share is over and there are samples enough, and only then", () => {
    expect(judgeShare({ bad: 5, total: 100 }, 0.05).kind).toBe("over");
    expect(judgeShare({ bad: 5, total: 50 }, 0.05).kind).toBe("too few");
    // Few, but beyond doubt.
    expect(judgeShare({ bad: 6, total: 16 }, 0.05).kind).toBe("over");
    expect(judgeShare({ bad: 1, total: 10 }, 0.01).kind).toBe("too few");
    expect(judgeShare({ bad: 0, total: 0 }, 0.05)).toEqual({ kind: "too few", bound: 1, floor: 59 });
  });

  it("agrees with known values and stays finite for millions", () => {
    expect(chanceOfAtMost(1, 4, 0.5)).toBeCloseTo(5 / 16, 12);
    expect(boundShare(0, 100)).toBeCloseTo(1 - 0.05 ** (1 / 100), 9);
    expect(boundShare(1000, 2_000_000)).toBeCloseTo(0.000527, 6);
  });
});

describe("findMeasurement", () => {
  const record = (seq: number, body: Record<string, unknown>): EvidenceRecord => ({
    seq,
    at: "2026-01-01T00:00:00.000Z",
    kind: "loadtest",
    actor: "ana",
    body,
    prior: null,
    sha256: "",
  });
  const sound = { metric: "uptime", bad: 1, total: 3000, source: "probes" };

  it("takes the newest record that holds the metric", () => {
    const records = [
      record(3, { measurements: [{ metric: "error-rate", bad: 0, total: 1, source: "k6" }] }),
      record(2, { release: "r2", measurements: [sound] }),
      record(1, { release: "r1", measurements: [{ ...sound, bad: 9 }] }),
    ];
    expect(findMeasurement(records, "uptime")).toEqual({
      ...sound,
      seq: 2,
      at: "2026-01-01T00:00:00.000Z",
      release: "r2",
    });
  });

  it.each([
    ["more bad ones than there are", { ...sound, bad: 3001 }],
    ["half a sample", { ...sound, total: 3000.5 }],
    ["a text for a number", { ...sound, bad: "0" }],
    ["no source", { ...sound, source: undefined }],
    ["less than nothing", { ...sound, bad: -1 }],
  ])("takes nothing with %s", (_what, listed) => {
    expect(findMeasurement([record(1, { measurements: [listed] })], "uptime")).toBeNull();
  });
});
