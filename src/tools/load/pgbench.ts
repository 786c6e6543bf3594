import { mkdir, mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { HotQuery } from "../../plan/load/hot-queries.ts";
import {
  assemblePgbench,
  isPgbenchSupported,
  parsePgbenchVersion,
  renderPassFile,
  renderPgbenchScript,
} from "../../plan/load/pgbench-invocation.ts";
import {
  type AbortedClient,
  parseAbortedClient,
  parsePgbenchProgress,
  parsePgbenchSummary,
} from "../../plan/load/pgbench-output.ts";
import type { Ending, LoadPlan, LoadResult } from "../../plan/load/result.ts";
import { judgeStop, type LoadSecond } from "../../plan/load/stop-rule.ts";
import type { InvocationResult, RunInvocation } from "../invocation.ts";
import type { DumpAddress } from "../pg-dump.ts";
import { assembleFigures } from "./assemble-result.ts";
import { type PgbenchLog, recordPgbenchLog, surveyPgbenchLog } from "./pgbench-log.ts";
import { createRecorder } from "./recorder.ts";

/** The version of the pgbench on the PATH; null when there is none that runs. */
export async function findPgbench(run: RunInvocation, path: string): Promise<string | null> {
  const asked = {
    file: "pgbench",
    args: ["--version"],
    effect: "read",
    timeoutMs: 10_000,
    env: { PATH: path },
  } as const;
  const answer = await run(asked).catch(() => null);
  return answer?.exitCode === 0 ? parsePgbenchVersion(answer.stdout) : null;
}

/** Throws BEE-E751 when pgbench was asked for and is not there or too old. */
export function assertPgbench(version: string | null): void {
  if (version != null && isPgbenchSupported(version)) return;
  throw new BeeError({
    code: "BEE-E751",
    message:
      version == null ? "There is no pgbench on the PATH that runs." : `pgbench ${version} is too old.`,
    detail: "nothing was sent",
    hint: "Install pgbench 15 or later (Debian: postgresql-15), or use bee's own: --engine embedded",
    exit: exitCodes.usage,
  });
}

export interface PgbenchDriver {
  readonly version: string;
  readonly plan: LoadPlan;
  readonly queries: readonly HotQuery[];
  readonly userIds: readonly string[];
  readonly address: Omit<DumpAddress, "rootsFile">;
  /** Certificates of the authorities to trust, PEM. */
  readonly roots: readonly string[];
  readonly clients: number;
  readonly path: string;
  /** Inherits nothing: PG variables of the person's own would lead elsewhere. */
  readonly invoke: RunInvocation;
  readonly signal: AbortSignal;
  readonly onSecond?: (second: LoadSecond, elapsedMs: number) => void;
}

/** A line of the log and some to spare. */
const bytesPerCall = 64;

/**
 * Runs the hot queries by pgbench and reads its log; its exit code says little: it is 0 when most transactions were
 * skipped and when the disk was full. Throws BEE-E752 when it broke or its log is not whole, BEE-E753 when there is no
 * room for the log.
 */
export async function runPgbench(driver: PgbenchDriver): Promise<LoadResult> {
  const home = await mkdtemp(join(tmpdir(), "bee-pgbench-"));
  try {
    await assertRoom(home, driver.plan);
    const logs = join(home, "log");
    await mkdir(logs, { mode: 0o700 });
    const run = await drive(driver, home, join(logs, "tx"));
    return await readRun(driver, run, join(logs, "tx"));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

interface DrivenRun {
  readonly ending: Ending;
  readonly aborted: readonly AbortedClient[];
  /** Clients that were waiting for an answer when it was stopped for that. */
  readonly stuck: number;
  /** Null when it was stopped. */
  readonly result: InvocationResult | null;
}

async function drive(driver: PgbenchDriver, home: string, logPrefix: string): Promise<DrivenRun> {
  const { plan, address, clients, signal } = driver;
  const access = await writeAccess(driver, home);
  const invocation = assemblePgbench({
    plan,
    scripts: await writeScripts(driver, home),
    connection: { ...address, ...access },
    clients,
    threads: Math.min(clients, 2, availableParallelism()),
    logPrefix,
    home,
    path: driver.path,
  });
  const stop = new AbortController();
  const aborted: AbortedClient[] = [];
  const seconds: LoadSecond[] = [];
  const startedAt = performance.now();
  let why: string | null = null;
  let connected = false;
  const see = (line: string): void => {
    if (!connected && line.startsWith("progress:")) {
      connected = true;
      // It has been read; should bee be killed, it does not stay behind.
      rm(access.passFile, { force: true }).catch(() => {});
    }
    const gone = parseAbortedClient(line);
    if (gone != null && aborted.every(({ client }) => client !== gone.client)) aborted.push(gone);
    const second = parsePgbenchProgress(line, { rate: plan.rate, clients });
    const elapsedMs = performance.now() - startedAt - plan.warmUpMs;
    if (second == null || elapsedMs < 1000) return;
    driver.onSecond?.(second, elapsedMs);
    seconds.push(second);
    why ??= judgeStop(seconds, { limitMs: plan.limitMs, inFlightLimit: clients });
    if (why != null) stop.abort();
  };
  try {
    const both = AbortSignal.any([signal, stop.signal]);
    const result = await driver.invoke(invocation, both, undefined, see);
    return { ending: { kind: "completed" }, aborted, stuck: 0, result };
  } catch (error) {
    const ending: Ending = why == null ? readEnding(error, driver) : { kind: "stopped", why };
    const waiting = seconds.at(-1)?.inFlight ?? clients;
    return { ending, aborted, stuck: ending.kind === "stopped" ? waiting : 0, result: null };
  }
}

/** Stopped by a person or because it did not end; killed by somebody else says nothing. */
function readEnding(error: unknown, { signal }: PgbenchDriver): Ending {
  if (signal.aborted) return { kind: "interrupted" };
  const code = error instanceof BeeError ? error.code : "";
  if (code === "BEE-E841") return { kind: "stopped", why: "pgbench did not come to its end in time" };
  if (code !== "BEE-E840") throw error;
  const said = error instanceof Error ? error.message.replace(/: \S*(setpriv|pgbench) -[\s\S]*/, "") : "";
  throw broken("pgbench was killed", said);
}

async function readRun(driver: PgbenchDriver, run: DrivenRun, prefix: string): Promise<LoadResult> {
  const { plan, queries, clients, version } = driver;
  const log = await surveyPgbenchLog(prefix);
  if (run.result != null) assertWhole(run.result, log, plan);
  const recorder = createRecorder(plan);
  const names = queries.map(({ name }) => name);
  const startUs = log.startUs ?? 0;
  const { started, late, displaced, latestMs, skipped } = await recordPgbenchLog(
    prefix,
    { plan, startUs, names },
    recorder,
  );
  for (const { script, why } of run.aborted) {
    recorder.addDrop({ name: names[script ?? -1] ?? "connection", isFunction: false }, 0, why);
  }
  for (let client = 0; client < run.stuck; client += 1) {
    recorder.addDrop({ name: "waiting", isFunction: false }, 0, "no answer");
  }
  return {
    engine: `pgbench ${version}`,
    plan,
    ending: run.ending,
    ...assembleFigures([recorder.read()]),
    generator: {
      lateShare: started === 0 ? 0 : late / started,
      latestMs,
      displacedShare: started === 0 ? 0 : displaced / started,
      loopDelayMs: null,
      dropped: 0,
      skipped,
      randomArrivals: true,
      inFlight: clients,
      inFlightLimit: clients,
    },
  };
}

/** 0: it came to its end. 2: clients gave up, which counts as failures. Anything else broke it. */
function assertWhole({ exitCode, stdout, stderr }: InvocationResult, log: PgbenchLog, plan: LoadPlan): void {
  const summary = parsePgbenchSummary(stdout);
  if (summary == null || (exitCode !== 0 && exitCode !== 2))
    throw broken(`pgbench ended with exit code ${exitCode}`, stderr);
  const { processed, failed, skipped } = summary;
  const whole = log.torn === 0 && log.done === processed && log.failed === failed && log.skipped === skipped;
  if (!whole) {
    const told = `${processed + failed + skipped} transactions, ${log.done + log.failed + log.skipped} whole lines`;
    throw broken("the log of pgbench is not whole", `${told}: the disk may have been full`);
  }
  const longestMs = plan.warmUpMs + plan.durationMs + 2 * 60_000;
  if (log.spanMs > longestMs)
    throw broken("the clock jumped", `the log reaches over ${Math.round(log.spanMs / 1000)} s`);
}

async function writeScripts({ queries, userIds }: PgbenchDriver, home: string) {
  return Promise.all(
    queries.map(async (query, index) => {
      const file = join(home, `${index}-${query.name}.sql`);
      await writeFile(file, renderPgbenchScript(query, userIds), { mode: 0o600 });
      return { file, weight: query.weight };
    }),
  );
}

async function writeAccess({ address, roots }: PgbenchDriver, home: string) {
  const passFile = join(home, "pass");
  const rootsFile = join(home, "roots.pem");
  await writeFile(passFile, renderPassFile(address.password), { mode: 0o600 });
  await writeFile(rootsFile, roots.join("\n"), { mode: 0o600 });
  return { passFile, rootsFile };
}

/** pgbench does not notice a full disk. */
async function assertRoom(dir: string, { planned, rate, warmUpMs }: LoadPlan): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  const needed = (planned + (rate * warmUpMs) / 1000) * bytesPerCall * 1.2;
  if (bavail * bsize > needed) return;
  throw new BeeError({
    code: "BEE-E753",
    message: `There is no room for the log of pgbench: ${Math.ceil(needed / 2 ** 20)} MiB in ${tmpdir()}.`,
    detail: "nothing was sent",
    hint: "Make room there, set TMPDIR, or use bee's own engine, which keeps none: --engine embedded",
    exit: exitCodes.usage,
  });
}

function broken(message: string, said: string): BeeError {
  return new BeeError({
    code: "BEE-E752",
    message: `${message}.`,
    detail: `${said.trim().slice(-1500)}\nnothing was measured; the queries were rolled back`,
    hint: "Mend what it says above, or use bee's own engine: --engine embedded",
    exit: exitCodes.inconclusive,
  });
}
