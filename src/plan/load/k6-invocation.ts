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
  const parts = version.split(".").map(Number);
  for (const [index, least] of oldest.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

export interface K6Run {
  readonly plan: LoadPlan;
  readonly stages: readonly Stage[];
  /** loadtests/<scenario>.js. */
  readonly script: string;
  /** Where it leaves its summary. */
  readonly summary: string;
  readonly url: string;
  readonly publishableKey: string;
  readonly tokens: readonly Secret[];
  /** Makes the keys of this run unique. */
  readonly run: string;
  readonly inFlightLimit: number;
  /** Made for it, so that no settings of the person's own are read. */
  readonly home: string;
  readonly path: string;
}

const trendStats = "avg,min,med,max,p(90),p(95),p(99),count";

/**
 * Flags that 0.49 and 2.x share. Secrets go by the environment, never by -e: arguments are readable by everybody. No
 * address: a REST API on a fixed port would clash. No extension is fetched, nothing is reported to anybody.
 */
export function assembleK6({ plan, stages, script, summary, ...rest }: K6Run): Invocation {
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
    script,
  ];
  return {
    file: "k6",
    args,
    effect: "write",
    timeoutMs: plan.warmUpMs + plan.durationMs + 120_000,
    env: {
      PATH: rest.path,
      HOME: rest.home,
      K6_AUTO_EXTENSION_RESOLUTION: "false",
      LOAD_URL: rest.url,
      LOAD_KEY: rest.publishableKey,
      LOAD_TOKENS: new Secret(JSON.stringify(rest.tokens.map((token) => token.reveal()))),
      LOAD_RUN: rest.run,
      LOAD_STAGES: JSON.stringify(stages),
      LOAD_WARM_UP_MS: String(plan.warmUpMs),
      LOAD_LIMIT_MS: String(plan.limitMs),
      LOAD_IN_FLIGHT: String(rest.inFlightLimit),
    },
    redact: rest.tokens,
  };
}
