import { Int32Histogram, type JsHistogram } from "hdr-histogram-js";
import type { Counts } from "../../plan/load/part.ts";
import type { Percentiles } from "../../plan/load/result.ts";

/** Microseconds, 1 µs to 120 s; what is longer counts as 120 s. */
const longestUs = 120_000_000;

export type Histogram = JsHistogram;

/** Three significant digits: a percentile is off by 0.1 % at most. `coarse` has two, a tenth of the memory. */
export function createHistogram(precision: "fine" | "coarse" = "fine"): Histogram {
  return new Int32Histogram(1, longestUs, precision === "fine" ? 3 : 2);
}

export function record(histogram: Histogram, ms: number): void {
  histogram.recordValue(Math.min(longestUs, Math.max(1, Math.round(ms * 1000))));
}

/** Of each value its count; `addCounts` puts them where they were. */
export function readCounts(histogram: Histogram): Counts {
  const counts: number[] = [];
  for (let index = 0; index < histogram.countsArrayLength; index += 1) {
    const count = histogram.getCountAtIndex(index);
    if (count > 0) counts.push(histogram.valueFromIndex(index), count);
  }
  // The longest is told as it was, not as its bucket begins.
  if (counts.length > 0) counts[counts.length - 2] = Math.min(longestUs, histogram.maxValue);
  return counts;
}

/** One histogram of all: exact, unlike averaging percentiles. */
export function addCounts(parts: readonly Counts[], precision: "fine" | "coarse" = "fine"): Histogram {
  const sum = createHistogram(precision);
  for (const part of parts) {
    for (let at = 0; at + 1 < part.length; at += 2) {
      const count = part[at + 1] ?? 0;
      if (count > 0) sum.recordValueWithCount(Math.min(longestUs, Math.max(1, part[at] ?? 1)), count);
    }
  }
  return sum;
}

/** Null without samples. */
export function summarise(histogram: Histogram): Percentiles | null {
  if (histogram.totalCount === 0) return null;
  // A bucket's end may lie above the longest that is in it.
  const at = (percentile: number): number =>
    Math.min(histogram.maxValue, histogram.getValueAtPercentile(percentile)) / 1000;
  return {
    min: histogram.minNonZeroValue / 1000,
    mean: histogram.mean / 1000,
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    max: histogram.maxValue / 1000,
  };
}

/** Between which samples the true 95th percentile lies with 95 % confidence, one-sided each way (normal order statistics). */
export function rangeOfP95(histogram: Histogram): readonly [number, number] | null {
  const n = histogram.totalCount;
  if (n === 0) return null;
  const spread = 1.645 * Math.sqrt(n * 0.95 * 0.05);
  const at = (rank: number): number =>
    histogram.getValueAtPercentile(Math.min(100, Math.max(0, (rank / n) * 100))) / 1000;
  return [at(Math.floor(n * 0.95 - spread)), at(Math.ceil(n * 0.95 + spread) + 1)];
}
