import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { Secret } from "../../core/secret.ts";
import type { LoadJudgement } from "../../plan/load/judge-load.ts";
import {
  assembleCloudResult,
  assembleK6Cloud,
  judgeCloud,
  type K6Account,
  type K6CloudRun,
  parseRunUrl,
} from "../../plan/load/k6-cloud.ts";
import { describeK6Exit, judgeK6Exit } from "../../plan/load/k6-exit.ts";
import type { LoadResult } from "../../plan/load/result.ts";
import { parseSafeUrl } from "../cloud-run-address.ts";
import type { RunInvocation } from "../invocation.ts";
import { scriptRefused } from "./k6-errors.ts";
import { invokeK6, withK6Home } from "./k6-process.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The account by the environment's K6_CLOUD_TOKEN, K6_CLOUD_STACK_ID and K6_CLOUD_PROJECT_ID. Throws BEE-E779. */
export function readK6Account(env: Env, version: string): K6Account {
  const of = (name: string): string | null => env[name]?.trim() || null;
  const [token, stackId, host] = [of("K6_CLOUD_TOKEN"), of("K6_CLOUD_STACK_ID"), of("K6_CLOUD_HOST")];
  if (token == null) throw accountMissing("K6_CLOUD_TOKEN");
  if (stackId == null && !/^[01]\./.test(version)) throw accountMissing("K6_CLOUD_STACK_ID");
  return {
    token: new Secret(token),
    stackId,
    projectId: of("K6_CLOUD_PROJECT_ID"),
    host: host == null ? null : parseSafeUrl("K6_CLOUD_HOST", host).origin,
  };
}

export interface K6CloudDriver extends Omit<K6CloudRun, "home" | "tokensFile"> {
  readonly version: string;
  readonly tokens: readonly Secret[];
  readonly invoke: RunInvocation;
  readonly signal: AbortSignal;
  /** Told as soon as it is known. */
  readonly onUrl: (url: string) => void;
}

export interface K6CloudEnd {
  readonly result: LoadResult;
  readonly judgement: LoadJudgement;
}

/** Runs a script in Grafana Cloud k6. The file with the users' tokens is removed whatever happens. Throws BEE-E777, E780. */
export async function runK6Cloud(driver: K6CloudDriver): Promise<K6CloudEnd> {
  const { version, plan, tokens, invoke, signal, onUrl, ...run } = driver;
  const seen: { url: string | null } = { url: null };
  const { exitCode, stderr } = await withK6Home(async (home) => {
    const tokensFile = join(home, "tokens.json");
    await writeFile(tokensFile, JSON.stringify(tokens.map((token) => token.reveal())), { mode: 0o600 });
    const invocation = assembleK6Cloud({ ...run, plan, home, tokensFile });
    return invokeK6(invoke, invocation, signal, (line) => {
      const url = parseRunUrl(line);
      if (url == null || seen.url != null) return;
      seen.url = url;
      onUrl(url);
    });
  });
  if (judgeK6Exit(exitCode) === "refused") throw scriptRefused(run.script, exitCode, stderr);
  // It came to no run: no account, no place, no network.
  if (judgeK6Exit(exitCode) === "unsure" && seen.url == null) throw notRun(exitCode, stderr);
  const outcome = { version, plan, exitCode, url: seen.url };
  return { result: assembleCloudResult(outcome), judgement: judgeCloud(outcome) };
}

function accountMissing(name: string): BeeError {
  return new BeeError({
    code: "BEE-E779",
    message: `${name} is not set, which Grafana Cloud k6 asks for`,
    detail: "nothing was sent",
    hint: `export ${name}=… as Grafana Cloud k6 tells it; see docs/loadtest.md`,
    exit: exitCodes.unauthorised,
  });
}

function notRun(exitCode: number, said: string): BeeError {
  return new BeeError({
    code: "BEE-E780",
    message: `There was no run in Grafana Cloud k6: ${describeK6Exit(exitCode)}`,
    detail: `${said.trim().slice(-1500)}\nnothing was measured`,
    hint: "Check K6_CLOUD_TOKEN, K6_CLOUD_STACK_ID and K6_CLOUD_PROJECT_ID, then run the same command again.",
    exit: exitCodes.inconclusive,
  });
}
