import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describeK6Exit, judgeK6Exit, readK6Errors } from "../../plan/load/k6-exit.ts";
import { judgeK6Script, type K6Inspection, parseK6Inspection } from "../../plan/load/k6-inspection.ts";
import {
  assembleK6,
  assembleK6Inspect,
  type K6Run,
  type K6Script,
  parseK6Version,
} from "../../plan/load/k6-invocation.ts";
import type { SampleSource } from "../../plan/load/k6-sample.ts";
import { assembleK6Result, parseK6Summary } from "../../plan/load/k6-summary.ts";
import type { LoadResult } from "../../plan/load/result.ts";
import type { LoadSecond } from "../../plan/load/stop-rule.ts";
import type { RunInvocation } from "../invocation.ts";
import { noSummary, scriptRefused, scriptUnfit } from "./k6-errors.ts";
import { invokeK6, withK6Home } from "./k6-process.ts";
import { createK6Samples } from "./k6-samples.ts";

/** The version of the k6 on the PATH; null when there is none that runs. */
export async function findK6(run: RunInvocation, path: string): Promise<string | null> {
  const asked = {
    file: "k6",
    args: ["version"],
    effect: "read",
    timeoutMs: 10_000,
    env: { PATH: path },
  } as const;
  const answer = await run(asked).catch(() => null);
  return answer?.exitCode === 0 ? parseK6Version(answer.stdout) : null;
}

export interface K6Inspector extends K6Script {
  readonly path: string;
  readonly invoke: RunInvocation;
}

/**
 * What a script would do, before anything is sent. Throws BEE-E777 for one that k6 does not take, BEE-E778 for one
 * without thresholds or whose calls wait for one another.
 */
export async function inspectK6({ invoke, ...script }: K6Inspector): Promise<K6Inspection> {
  const ended = await withK6Home((home) => invoke(assembleK6Inspect({ ...script, home })));
  const inspection = ended.exitCode === 0 ? parseK6Inspection(ended.stdout) : null;
  if (inspection == null) {
    throw scriptRefused(script.script, ended.exitCode, sayWhy(ended.stderr) || ended.stdout);
  }
  const why = judgeK6Script(inspection);
  if (why != null) throw scriptUnfit(script.script, why);
  return inspection;
}

export interface K6Driver extends Omit<K6Run, "summary" | "home"> {
  readonly version: string;
  readonly source: SampleSource;
  readonly invoke: RunInvocation;
  readonly signal: AbortSignal;
  readonly onSecond?: (second: LoadSecond, elapsedMs: number) => void;
}

/**
 * Runs a script, watches its samples and reads the summary it leaves. `invoke` must inherit nothing: K6_ variables of
 * the person's own would switch thresholds off or replace the scenario. Throws BEE-E866 when no summary can be read,
 * whatever k6's exit code says: version 2 ends with 0 without one.
 */
export async function runK6({ invoke, signal, source, onSecond, ...run }: K6Driver): Promise<LoadResult> {
  const { version, plan, inFlightLimit } = run;
  const stop = new AbortController();
  const reason: { why: string | null } = { why: null };
  const samples = createK6Samples({
    plan,
    source,
    ...(onSecond == null ? {} : { onSecond }),
    onStop: (why) => {
      reason.why = why;
      stop.abort();
    },
  });
  try {
    const until = AbortSignal.any([signal, stop.signal]);
    const { exitCode, stderr, text } = await withK6Home(async (home) => {
      const summary = join(home, "summary.json");
      const ended = await invokeK6(invoke, assembleK6({ ...run, home, summary }), until, samples.onLine);
      return { ...ended, text: await readFile(summary, "utf8").catch(() => "") };
    });
    if (judgeK6Exit(exitCode) === "refused") throw scriptRefused(run.script, exitCode, sayWhy(stderr));
    const summary = parseK6Summary(text);
    if (summary == null) throw noSummary(describeK6Exit(exitCode), stderr);
    const errors = readK6Errors(stderr);
    const result = samples.refine(
      assembleK6Result({ version, plan, summary, exitCode, errors, inFlightLimit }),
    );
    return reason.why == null ? result : { ...result, ending: { kind: "stopped", why: reason.why } };
  } finally {
    samples.close();
  }
}

function sayWhy(stderr: string): string {
  return readK6Errors(stderr).join("\n") || stderr;
}
