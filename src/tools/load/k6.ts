import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { assembleK6, isK6Supported, type K6Run, parseK6Version } from "../../plan/load/k6-invocation.ts";
import { assembleK6Result, parseK6Summary } from "../../plan/load/k6-summary.ts";
import type { LoadResult } from "../../plan/load/result.ts";
import type { RunInvocation } from "../invocation.ts";

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

/** Throws BEE-E865 when k6 was asked for and is not there or too old. */
export function assertK6(version: string | null): void {
  if (version != null && isK6Supported(version)) return;
  throw new BeeError({
    code: "BEE-E865",
    message: version == null ? "There is no k6 on the PATH that runs." : `k6 ${version} is too old.`,
    detail: "nothing was sent",
    hint: "Install k6 0.49 or later, or use bee's own: --engine embedded",
    exit: exitCodes.usage,
  });
}

export interface K6Driver extends Omit<K6Run, "summary" | "home"> {
  readonly version: string;
  readonly run: string;
  readonly invoke: RunInvocation;
  readonly signal: AbortSignal;
}

/**
 * Runs a script and reads the summary it leaves. `invoke` must inherit nothing: K6_ variables of the person's own
 * would switch thresholds off or replace the scenario. Throws BEE-E866 when no summary can be read, whatever k6's exit
 * code says: version 2 ends with 0 without one.
 */
export async function runK6({ version, invoke, signal, ...run }: K6Driver): Promise<LoadResult> {
  const home = await mkdtemp(join(tmpdir(), "bee-k6-"));
  const path = join(home, "summary.json");
  try {
    const ended = await invoke(assembleK6({ ...run, home, summary: path }), signal).catch(
      (error: unknown) => {
        // It writes its summary before it goes.
        if (error instanceof BeeError && error.exit === exitCodes.interrupted)
          return { exitCode: 105, stderr: "" };
        throw error;
      },
    );
    const summary = parseK6Summary(await readFile(path, "utf8").catch(() => ""));
    if (summary == null) throw noSummary(ended.exitCode, ended.stderr);
    const { plan, inFlightLimit } = run;
    return assembleK6Result({ version, plan, summary, exitCode: ended.exitCode, inFlightLimit });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function noSummary(exitCode: number, said: string): BeeError {
  return new BeeError({
    code: "BEE-E866",
    message: `k6 ended with exit code ${exitCode} and left no summary that can be read.`,
    detail: `${said.slice(-1500)}\nnothing was measured`,
    hint: "Mend the script, or use bee's own engine: --engine embedded",
    exit: exitCodes.inconclusive,
  });
}
