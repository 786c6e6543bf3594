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
    expect(html.match(/<svg/g)).toHaveLength(3);
    expect(html).toContain("<td>500</td><td>2</td>");
    expect(html).not.toMatch(/undefined|NaN|Infinity/);
  });

  it("begins with what decides: the verdict, failures, p95 with its limit, and the lines that made it so", () => {
    const html = page(result);
    const at = (text: string) => {
      expect(html).toContain(text);
      return html.indexOf(text);
    };
    const order = [
      at(">fail</span></h1>"),
      at("6.67 %"),
      at("limit 2000 ms"),
      at("2 of 30 calls failed:"),
      at("<svg"),
    ];
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  });

  it("draws the limit where it comes into sight, and says so where it does not", () => {
    expect(page(result)).toContain("the limit, 2000 ms, is above");
    const slow = result.slices.map((slice) => ({ ...slice, max: 3000, p95: 2500 }));
    expect(page({ ...result, slices: slow })).toContain('class="limit"');
  });

  it("says so when there are no samples, or when they are somewhere else", () => {
    const none = { ...result, slices: [], latency: null, service: null, endpoints: [], failures: [] };
    const empty = page({ ...none, all: { total: 0, failed: 0, over: 0 } });
    expect(empty).toContain("Not one call was made.");
    expect(empty).not.toContain("<svg");
    const elsewhere = page({ ...none, url: "https://acme.grafana.net/runs/1" });
    expect(elsewhere).toContain("The figures are at https://acme.grafana.net/runs/1");
  });

  it("tells each of several shards, so that one that is unlike the others is seen", () => {
    const shard = { total: 10, failed: 0, over: 0, p95: 50, lateShare: 0.5, dropped: 0 };
    const html = page({
      ...result,
      shards: [
        { ...shard, index: 0 },
        { ...shard, index: 1, p95: 900 },
      ],
    });
    expect(html).toContain("<h2>Shards</h2>");
    expect(html).toContain("<td>1</td><td>10</td><td>0</td><td>0</td><td>900 ms</td><td>50 %</td><td>0</td>");
  });
});

describe("a load run in a terminal", () => {
  it("draws values as marks, the highest of each share", () => {
    expect(renderSparkline([0, 1, 2, 4])).toBe("▁▃▅█");
    expect(renderSparkline([0, 0])).toBe("▁▁");
    expect(renderSparkline([])).toBe("");
    expect(renderSparkline(Array.from({ length: 600 }, (_, n) => n))).toHaveLength(60);
  });

  it("tells how far shards are apart, and where figures are that are somewhere else", () => {
    const shard = { total: 10, failed: 0, over: 0, lateShare: 0, dropped: 0 };
    const shards = [
      { ...shard, index: 0, p95: 50 },
      { ...shard, index: 1, p95: 900 },
    ];
    expect(Object.fromEntries(describeLoad({ ...result, shards }))["shards"]).toBe(
      "2, 10 calls each, 0 failed, p95 50 ms to 900 ms",
    );
    expect(describeLoad({ ...result, url: "https://x/runs/1" }).at(-1)).toEqual([
      "figures",
      "https://x/runs/1",
    ]);
  });

  it("tells counts, percentiles and failures", () => {
    const facts = Object.fromEntries(describeLoad(result));
    expect(facts["calls"]).toBe("30, 2 failed, 2 failed or over 2000 ms");
    expect(facts["latency"]).toBe("p50 20 ms, p90 40 ms, p95 50 ms, p99 60 ms, max 70 ms");
    expect(facts["failures"]).toBe("500 ×2");
    expect(facts["failed per 1 s"]).toBe("▁█▁");
  });
});
