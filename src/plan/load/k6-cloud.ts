import type { Secret } from "../../core/secret.ts";
import type { Invocation } from "../invocation.ts";
import type { LoadJudgement, LoadLine } from "./judge-load.ts";
import { describeK6Exit, judgeK6Exit } from "./k6-exit.ts";
import { isAtLeast, type K6Place, type K6Script, placeOf, settingsOf } from "./k6-invocation.ts";
import { assembleK6Health } from "./k6-summary.ts";
import type { LoadPlan, LoadResult } from "./result.ts";

/** Oldest with `k6 cloud run`. */
const oldestForCloud = [0, 54, 0] as const;

export function isCloudSupported(version: string): boolean {
  return isAtLeast(version, oldestForCloud);
}

/** Whose cloud it is. */
export interface K6Account {
  readonly token: Secret;
  /** Version 2 must have one. */
  readonly stackId: string | null;
  readonly projectId: string | null;
  /** Another address of the cloud's API; null for the real one. */
  readonly host: string | null;
}

export interface K6CloudRun extends K6Script, K6Place {
  readonly account: K6Account;
  /** With the users' tokens. The script opens it, and so takes it along. */
  readonly tokensFile: string;
}

/** It waits for a place there first. */
const queueMs = 15 * 60_000;

/**
 * Hands the script over to Grafana Cloud k6 and waits for its end. Scripts there see no environment but what `-e` says,
 * which anybody on this machine can read: tokens go by a file.
 */
export function assembleK6Cloud(run: K6CloudRun): Invocation {
  const { plan, script, account, tokensFile } = run;
  const settings = { ...settingsOf(run), LOAD_TOKENS_FILE: tokensFile };
  const { host } = account;
  return {
    file: "k6",
    args: [
      "cloud",
      "run",
      "--no-color",
      "--show-logs=false",
      ...Object.entries(settings).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
      script,
    ],
    effect: "write",
    timeoutMs: plan.warmUpMs + plan.durationMs + queueMs,
    env: {
      ...placeOf(run),
      K6_CLOUD_TOKEN: account.token,
      ...(account.stackId == null ? {} : { K6_CLOUD_STACK_ID: account.stackId }),
      ...(account.projectId == null ? {} : { K6_CLOUD_PROJECT_ID: account.projectId }),
      ...(host == null ? {} : { K6_CLOUD_HOST: host, K6_CLOUD_HOST_V6: host }),
    },
  };
}

/** Where a run can be looked at, as k6 prints it; null for other lines. */
export function parseRunUrl(line: string): string | null {
  return /https:\/\/[\w.-]+\/[\w./-]*runs\/\d+/.exec(line)?.[0] ?? null;
}

export interface K6CloudOutcome {
  readonly version: string;
  readonly plan: LoadPlan;
  readonly exitCode: number;
  readonly url: string | null;
}

/** The figures stay in the cloud. */
export function assembleCloudResult({ version, plan, exitCode, url }: K6CloudOutcome): LoadResult {
  return {
    engine: `k6-cloud ${version}`,
    plan,
    ending: { kind: judgeK6Exit(exitCode) === "interrupted" ? "interrupted" : "completed" },
    all: { total: 0, failed: 0, over: 0 },
    latency: null,
    p95Range: null,
    service: null,
    endpoints: [],
    failures: [],
    slices: [],
    sliceMs: 1000,
    generator: assembleK6Health(0, 0, 0),
    url: url ?? "Grafana Cloud k6",
  };
}

/**
 * By the exit code, for which the script's thresholds stand: bee's scripts have the limits of the success metrics, the
 * number of calls and dropped arrivals among them. Without counts nothing is measured for the gates.
 */
export function judgeCloud({ exitCode }: Pick<K6CloudOutcome, "exitCode">): LoadJudgement {
  const judged = judgeK6Exit(exitCode);
  const line: LoadLine =
    judged === "ended"
      ? { id: "thresholds", kind: "pass", text: "the script's thresholds held in Grafana Cloud k6" }
      : judged === "fail"
        ? { id: "thresholds", kind: "fail", text: `Grafana Cloud k6: ${describeK6Exit(exitCode)}` }
        : judged === "interrupted"
          ? { id: "interrupted", kind: "inconclusive", text: "interrupted: a part is never a pass" }
          : { id: "engine", kind: "inconclusive", text: describeK6Exit(exitCode) };
  return { kind: line.kind, lines: [line], measurements: [] };
}
