import { describe, expect, it } from "vitest";
import { addCounts, createHistogram, rangeOfP95, readCounts, record, summarise } from "./histogram.ts";

/** Uneven on purpose: one shard is slow. Averaging the shards' percentiles would be far off. */
function shards(): readonly (readonly number[])[] {
  return [1, 1, 1, 60].map((scale, shard) =>
    Array.from({ length: 2500 }, (_, n) => scale * (5 + ((n * 7919 + shard * 31) % 1000) / 10)),
  );
}

describe("histograms", () => {
  it("merge to the percentiles of all samples together", () => {
    const parts = shards();
    const merged = summarise(
      addCounts(
        parts.map((samples) => {
          const histogram = createHistogram();
          for (const ms of samples) record(histogram, ms);
          return readCounts(histogram);
        }),
      ),
    );
    const sorted = parts.flat().sort((a, b) => a - b);
    const exact = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
    for (const [found, truth] of [
      [merged?.p50, exact(0.5)],
      [merged?.p95, exact(0.95)],
      [merged?.p99, exact(0.99)],
    ] as const) {
      expect(Math.abs((found ?? 0) - truth) / truth).toBeLessThan(0.002);
    }
  });

  it("say nothing without samples, and hold the p95 within its range", () => {
    const histogram = createHistogram();
    expect(summarise(histogram)).toBeNull();
    expect(rangeOfP95(histogram)).toBeNull();
    for (let n = 1; n <= 1000; n += 1) record(histogram, n);
    const [low, high] = rangeOfP95(histogram) ?? [0, 0];
    expect(low).toBeGreaterThan(930);
    expect(low).toBeLessThan(950);
    expect(high).toBeGreaterThan(950);
    expect(high).toBeLessThan(970);
  });

  it("count what is longer than two minutes as two minutes", () => {
    const histogram = createHistogram();
    record(histogram, 10 * 60_000);
    expect(summarise(histogram)?.max).toBeGreaterThan(119_000);
  });
});
