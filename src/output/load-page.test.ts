import { describe, expect, it } from "vitest";
import type { LoadResult } from "../plan/load/result.ts";
import { renderLoadPage } from "./load-page.ts";
import { describeLoad } from "./load-text.ts";
import { renderSparkline } from "./sparkline.ts";

const latency = { min: 1, mean: 20, p50: 20, p90: 40, p95: 50, p99: 60, max: 70 };
const result: LoadResult = {
  engine: "embedded",
  plan: {
    what: "functions",
    scenario: "mixed-day",
    profile: "constant",
    rate: 10,
    durationMs: 3000,
    warmUpMs: 0,
    limitMs: 2000,
    planned: 30,
  },
  ending: { kind: "completed" },
  all: { total: 30, failed: 2, over: 2 },
  latency,
  p95Range: [45, 70],
  service: latency,
  endpoints: [
    { name: "<script>alert(1)</script>", isFunction: true, total: 30, failed: 2, over: 2, latency },
  ],
  failures: [{ what: "500", count: 2 }],
  slices: [0, 1, 2].map((index) => ({
    fromMs: index * 1000,
    total: 10,
    failed: index === 1 ? 2 : 0,
    p50: 20,
    p95: 50 + index,
    max: 70,
    buckets: [0, 0, 3, 7],
  })),
  sliceMs: 1000,
  generator: {
    lateShare: 0,
    latestMs: 1,
    displacedShare: 0,
    loopDelayMs: 1,
    dropped: 0,
    inFlight: 3,
    inFlightLimit: 100,
  },
};
const judgement = {
  kind: "fail",
  lines: [{ id: "errors", kind: "fail", text: "2 of 30 calls failed: the limit is < 1 %" }],
  measurements: [],
} as const;

describe("the page of a load run", () => {
  const page = (of: LoadResult) =>
    renderLoadPage({ result: of, judgement, target: "local", release: "r1", at: new Date(0) });

  it("needs nothing from anywhere, and shows text as text", () => {
    const html = page(result);
    expect(html).not.toMatch(/<script|<link|<img|src=|href=|url\(|https?:/);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).toContain("2 of 30 calls failed: the limit is &lt; 1 %");
    expect(html.match(/<svg/g)).toHaveLength(2);
    expect(html).toContain("<td>500</td><td>2</td>");
  });

  it("says so when there are no samples", () => {
    const html = page({ ...result, slices: [], latency: null, service: null, endpoints: [], failures: [] });
    expect(html.match(/No samples\./g)).toHaveLength(2);
  });
});

describe("a load run in a terminal", () => {
  it("draws values as marks, the highest of each share", () => {
    expect(renderSparkline([0, 1, 2, 4])).toBe("▁▃▅█");
    expect(renderSparkline([0, 0])).toBe("▁▁");
    expect(renderSparkline([])).toBe("");
    expect(renderSparkline(Array.from({ length: 600 }, (_, n) => n))).toHaveLength(60);
  });

  it("tells counts, percentiles and failures", () => {
    const facts = Object.fromEntries(describeLoad(result));
    expect(facts["calls"]).toBe("30, 2 failed, 2 failed or over 2000 ms");
    expect(facts["latency"]).toBe("p50 20 ms, p90 40 ms, p95 50 ms, p99 60 ms, max 70 ms");
    expect(facts["failures"]).toBe("500 ×2");
    expect(facts["failed per 1 s"]).toBe("▁█▁");
  });
});
