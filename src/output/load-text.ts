import type { LoadResult, Percentiles, ShardFigures } from "../plan/load/result.ts";
import { renderSparkline } from "./sparkline.ts";

/** Label and value of what a load run measured, for a terminal. */
export function describeLoad(result: LoadResult): readonly (readonly [string, string])[] {
  const { latency, service, p95Range, endpoints, failures, slices, sliceMs, all, plan, shards } = result;
  const facts: (readonly [string, string])[] = [
    [
      "load",
      `${plan.scenario}, ${plan.profile}, ${plan.rate}/s for ${plan.durationMs / 1000} s (${result.engine})`,
    ],
  ];
  if (result.url != null) return [...facts, ["figures", result.url]];
  facts.push(["calls", `${all.total}, ${all.failed} failed, ${all.over} failed or over ${plan.limitMs} ms`]);
  if (latency != null) facts.push(["latency", renderPercentiles(latency)]);
  if (p95Range != null)
    facts.push(["p95", `from ${formatMs(p95Range[0])} to ${formatMs(p95Range[1])} with 95 % confidence`]);
  if (service != null) facts.push(["from sending", renderPercentiles(service)]);
  if (result.firstCalls != null) {
    const { workers, latency: own } = result.firstCalls;
    const times =
      workers === 1
        ? formatMs(own.max)
        : `of ${workers} workers: p50 ${formatMs(own.p50)}, max ${formatMs(own.max)}`;
    facts.push(["first call", `${times}, apart from the others`]);
  }
  if (endpoints.length > 1) {
    for (const { name, total, failed, latency: own } of endpoints)
      facts.push([
        name,
        `${total} calls, ${failed} failed${own == null ? "" : `, p95 ${formatMs(own.p95)}`}`,
      ]);
  }
  if (shards != null && shards.length > 0) facts.push(["shards", describeShards(shards)]);
  if (failures.length > 0)
    facts.push(["failures", failures.map(({ what, count }) => `${what} ×${count}`).join(", ")]);
  if (slices.length > 1) {
    const per = `per ${sliceMs / 1000} s`;
    facts.push([`p95 ${per}`, renderSparkline(slices.map(({ p95 }) => p95))]);
    facts.push([`calls ${per}`, renderSparkline(slices.map(({ total }) => total))]);
    if (all.failed > 0) facts.push([`failed ${per}`, renderSparkline(slices.map(({ failed }) => failed))]);
  }
  return facts;
}

/** One that is far from the others is one to look at. */
function describeShards(shards: readonly ShardFigures[]): string {
  const range = (of: (shard: ShardFigures) => number, show: (value: number) => string): string => {
    const values = shards.map(of);
    const [least, most] = [show(Math.min(...values)), show(Math.max(...values))];
    return least === most ? least : `${least} to ${most}`;
  };
  return [
    `${shards.length}`,
    `${range((one) => one.total, String)} calls each`,
    `${range((one) => one.failed, String)} failed`,
    `p95 ${range((one) => one.p95 ?? 0, formatMs)}`,
  ].join(", ");
}

export function formatMs(ms: number): string {
  return ms < 10
    ? `${ms.toFixed(1)} ms`
    : ms < 10_000
      ? `${Math.round(ms)} ms`
      : `${(ms / 1000).toFixed(1)} s`;
}

function renderPercentiles({ p50, p90, p95, p99, max }: Percentiles): string {
  return `p50 ${formatMs(p50)}, p90 ${formatMs(p90)}, p95 ${formatMs(p95)}, p99 ${formatMs(p99)}, max ${formatMs(max)}`;
}
