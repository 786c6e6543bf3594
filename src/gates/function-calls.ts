import { judgeShare } from "../plan/measurement.ts";
import { type MetricReading, toMinute } from "../plan/metric-reading.ts";
import type { FunctionCalls } from "../ports/project-logs.ts";
import { liveWindow } from "./live-window.ts";
import type { MetricSource } from "./metric-gate.ts";

const source = "function_edge_logs";
const hours = 24;
const slowMs = 2000;

export interface CountedCalls {
  /** Which of a function's calls are bad. */
  readonly bad: (calls: FunctionCalls) => number;
  readonly limit: number;
}

/** The platform's log of the released functions: all their calls, and each function that is over by itself. */
export function functionCallsSource({ bad, limit }: CountedCalls): MetricSource {
  return {
    name: source,
    async read({ ports, view }, release) {
      const window = liveWindow(release, hours);
      const calls = await ports.logs.readFunctionCalls(window, slowMs);
      const slugs = new Map(
        view.actual.functions
          .filter(({ slug }) => release.functions.some((one) => one.slug === slug))
          .map(({ id, slug }) => [id, slug]),
      );
      const own = calls.filter(({ functionId }) => slugs.has(functionId));
      if (own.length === 0) {
        const why = `no calls of the released functions from ${toMinute(window.from)} to ${toMinute(window.to)}; lines may come some minutes late`;
        return [{ kind: "silent", source, why }];
      }
      const reading = (some: readonly FunctionCalls[], name: string): MetricReading => ({
        kind: "counted",
        source: name,
        window,
        bad: some.reduce((sum, one) => sum + bad(one), 0),
        total: some.reduce((sum, one) => sum + one.total, 0),
        shown: some.map((one) => describe(one, slugs.get(one.functionId) ?? "")).join(", "),
      });
      const over = own.filter(
        (one) => judgeShare({ bad: bad(one), total: one.total }, limit).kind === "over",
      );
      const single = own.length === 1 ? [] : over;
      return [
        reading(own, source),
        ...single.map((one) => reading([one], `${source} of ${slugs.get(one.functionId) ?? ""}`)),
      ];
    },
  };
}

function describe({ p95Ms, refused, limited }: FunctionCalls, slug: string): string {
  const answers =
    refused === 0 ? "" : `, ${refused} answered 4xx${limited === 0 ? "" : `, ${limited} of them 429`}`;
  return `${slug} p95 ${Math.round(p95Ms)} ms${answers}`;
}
