import { Secret } from "../../core/secret.ts";
import type { Invocation } from "../invocation.ts";
import type { LoadPlan } from "./result.ts";
import type { Stage } from "./schedule.ts";

/** Oldest that the flags and the summary are known of. */
const oldest = [0, 49, 0] as const;

/** `k6 v0.49.0 (…)` or `k6 v2.2.0 (…)` → its version; null when the text says none. */
export function parseK6Version(text: string): string | null {
  return /\bv(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? null;
}

export function isK6Supported(version: string): boolean {
  return isAtLeast(version, oldest);
}

export function isAtLeast(version: string, wanted: readonly [number, number, number]): boolean {
  const parts = version.split(".").map(Number);
  for (const [index, least] of wanted.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

/** What a script is told, whoever runs it. */
export interface K6Script {
  readonly plan: LoadPlan;
  readonly stages: readonly Stage[];
  /** The file. */
  readonly script: string;
  /** Less than this share of the calls may fail. */
  readonly errorShare: number;
  readonly url: string;
  readonly publishableKey: string;
  /** Makes the keys of this run unique. */
  readonly run: string;
  readonly inFlightLimit: number;
}

/** A process of k6. */
export interface K6Place {
  /** Made for it, so that no settings of the person's own are read. */
  readonly home: string;
  readonly path: string;
}

export interface K6Run extends K6Script, K6Place {
  /** Where it leaves its summary. */
  readonly summary: string;
  readonly tokens: readonly Secret[];
}

const trendStats = "avg,min,med,max,p(90),p(95),p(99),count";
const graceMs = 120_000;

/** Settings for `__ENV`; nothing secret. */
export function settingsOf(script: K6Script): Readonly<Record<string, string>> {
  const { plan, stages, errorShare, url, publishableKey, run, inFlightLimit } = script;
  return {
    LOAD_URL: url,
    LOAD_KEY: publishableKey,
    LOAD_RUN: run,
    LOAD_STAGES: JSON.stringify(stages),
    LOAD_WARM_UP_MS: String(plan.warmUpMs),
    LOAD_LIMIT_MS: String(plan.limitMs),
    LOAD_ERROR_SHARE: String(errorShare),
    LOAD_PLANNED: String(plan.planned),
    LOAD_IN_FLIGHT: String(inFlightLimit),
  };
}

/** What it would do, without doing it. Only `k6 run` hands its environment to scripts unasked. */
export function assembleK6Inspect(script: K6Script & K6Place): Invocation {
  return {
    file: "k6",
    args: ["inspect", "--execution-requirements", "--include-system-env-vars", script.script],
    effect: "read",
    timeoutMs: 60_000,
    env: { ...placeOf(script), ...settingsOf(script) },
  };
}

/**
 * Flags that 0.49 and 2.x share. Secrets go by the environment, never by -e: arguments are readable by everybody. No
 * address: a REST API on a fixed port would clash. No extension is fetched, nothing is reported to anybody. Each sample
 * is a line of stdout.
 */
export function assembleK6(run: K6Run): Invocation {
  const { plan, script, summary, tokens } = run;
  const args = [
    "run",
    "--quiet",
    "--no-usage-report",
    "--no-color",
    "--log-format",
    "json",
    "--address",
    "",
    "--summary-trend-stats",
    trendStats,
    "--summary-export",
    summary,
    "--out",
    "json=-",
    script,
  ];
  return {
    file: "k6",
    args,
    effect: "write",
    timeoutMs: plan.warmUpMs + plan.durationMs + graceMs,
    env: {
      ...placeOf(run),
      ...settingsOf(run),
      LOAD_TOKENS: new Secret(JSON.stringify(tokens.map((token) => token.reveal()))),
    },
    redact: tokens,
  };
}

/** HOME is its own and K6_ variables are not inherited: those of a person would switch thresholds off or replace scenarios. */
export function placeOf({ home, path }: K6Place): Readonly<Record<string, string>> {
  return { PATH: path, HOME: home, K6_AUTO_EXTENSION_RESOLUTION: "false" };
}
