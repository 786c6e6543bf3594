import * as z from "zod";
import { parseJson } from "../../core/json.ts";
import type { LoadPlan } from "./result.ts";

/** A scenario that begins calls at fixed times, as k6 derives it from a script. */
interface K6Scenario {
  readonly name: string;
  /** Begun within its duration, and at most per second. */
  readonly arrivals: number;
  readonly rate: number;
  readonly durationMs: number;
}

/** What `k6 inspect --execution-requirements` says of a script, without running it. */
export interface K6Inspection {
  readonly scenarios: readonly K6Scenario[];
  /** Scenarios whose calls wait for one another: how many there will be, nobody knows. */
  readonly closed: readonly string[];
  /** Metrics that have thresholds. */
  readonly thresholds: readonly string[];
  /** With what may still be in flight. */
  readonly totalMs: number;
}

/** Its calls are not counted. */
const warmUpName = "warmUp";

const duration = z.string().transform((text, context) => {
  const ms = parseGoDuration(text);
  if (ms == null) context.addIssue(`no duration: ${text}`);
  return ms ?? z.NEVER;
});

const scenarioSchema = z.discriminatedUnion("executor", [
  z.object({
    executor: z.literal("constant-arrival-rate"),
    rate: z.number(),
    timeUnit: duration.nullish(),
    duration,
  }),
  z.object({
    executor: z.literal("ramping-arrival-rate"),
    startRate: z.number().nullish(),
    timeUnit: duration.nullish(),
    stages: z.array(z.object({ target: z.number(), duration })),
  }),
]);

const inspectionSchema = z.object({
  scenarios: z.record(z.string(), z.object({ executor: z.string() }).loose()),
  thresholds: z.record(z.string(), z.array(z.unknown())).nullish(),
  totalDuration: duration,
});

/** Null for what is no such answer. */
export function parseK6Inspection(text: string): K6Inspection | null {
  const parsed = inspectionSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { scenarios, thresholds, totalDuration } = parsed.data;
  const read = Object.entries(scenarios).map(([name, scenario]) => ({
    name,
    scenario: scenarioSchema.safeParse(scenario).data ?? null,
  }));
  return {
    scenarios: read.flatMap(({ name, scenario }) =>
      scenario == null ? [] : [{ name, ...describeScenario(scenario) }],
    ),
    closed: read.filter(({ scenario }) => scenario == null).map(({ name }) => name),
    thresholds: Object.entries(thresholds ?? {}).flatMap(([name, list]) => (list.length > 0 ? [name] : [])),
    totalMs: totalDuration,
  };
}

/** Why a script is not run, or null. */
export function judgeK6Script({ scenarios, closed, thresholds }: K6Inspection): string | null {
  if (thresholds.length === 0) return "it has no thresholds: k6 would call any run good";
  if (closed.length > 0)
    return `its scenario ${closed[0]} does not begin calls at fixed times, so that it slows down with the target`;
  return scenarios.some(({ name }) => name !== warmUpName) ? null : "it has no scenario besides the warm-up";
}

/** The same where nobody but its thresholds judges it: latency alone is fine when all calls are refused at once. */
export function judgeAlone({ thresholds }: K6Inspection): string | null {
  const counted = thresholds.some((name) => /^(http_req_failed|checks|bee_wrong)\b/.test(name));
  return counted ? null : "no threshold on http_req_failed or checks: a target that is down would pass";
}

/** The load that a script of somebody's own will offer. */
export function planScript(plan: LoadPlan, { scenarios }: K6Inspection): LoadPlan {
  const counted = scenarios.filter(({ name }) => name !== warmUpName);
  const sum = (of: (scenario: K6Scenario) => number): number =>
    counted.reduce((all, one) => all + of(one), 0);
  return {
    ...plan,
    profile: "constant",
    rate: sum(({ rate }) => rate),
    durationMs: Math.max(0, ...counted.map(({ durationMs }) => durationMs)),
    warmUpMs: scenarios.find(({ name }) => name === warmUpName)?.durationMs ?? 0,
    planned: Math.round(sum(({ arrivals }) => arrivals)),
  };
}

function describeScenario(scenario: z.infer<typeof scenarioSchema>): Omit<K6Scenario, "name"> {
  const unitMs = scenario.timeUnit ?? 1000;
  if (scenario.executor === "constant-arrival-rate") {
    const perMs = scenario.rate / unitMs;
    return { arrivals: perMs * scenario.duration, rate: perMs * 1000, durationMs: scenario.duration };
  }
  let from = scenario.startRate ?? 0;
  let arrivals = 0;
  let highest = from;
  for (const { target, duration: ms } of scenario.stages) {
    arrivals += (((from + target) / 2) * ms) / unitMs;
    // A stage without duration is a jump.
    highest = Math.max(highest, target);
    from = target;
  }
  const durationMs = scenario.stages.reduce((all, { duration: ms }) => all + ms, 0);
  return { arrivals, rate: (highest * 1000) / unitMs, durationMs };
}

/** `1h2m3.5s`, `500ms`, `0s` → ms; null for anything else. */
export function parseGoDuration(text: string): number | null {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, µs: 0.001 };
  if (!/^(\d+(\.\d+)?(h|ms|m|s|µs))+$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|µs)/g)];
  return parts.reduce((sum, [, value = "0", unit = ""]) => sum + Number(value) * (units[unit] ?? 0), 0);
}
