import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Secret } from "../../core/secret.ts";
import { judgeShards, type ShardFile } from "../../plan/load/judge-shards.ts";
import type { Ending, LoadResult } from "../../plan/load/result.ts";
import { nameFiles, type ShardOrder } from "../../plan/load/shard.ts";
import type { LoadSecond } from "../../plan/load/stop-rule.ts";
import type { ObjectStore } from "../../ports/object-store.ts";
import type { ShardExecution, ShardJob, ShardJobs } from "../../ports/shard-jobs.ts";
import { assembleResult, assembleShard } from "./assemble-result.ts";
import { publicBucket } from "./shard-errors.ts";
import { createShardProgress } from "./shard-progress.ts";

export interface ShardedRun {
  readonly engine: string;
  readonly jobs: ShardJobs;
  readonly store: ObjectStore;
  readonly job: ShardJob;
  /** What the containers run. */
  readonly program: Buffer;
  readonly order: Omit<ShardOrder, "schemaVersion" | "run" | "startAt">;
  readonly tokens: readonly Secret[];
  /** From now until all begin: containers need time to start. */
  readonly startDelayMs: number;
  readonly pollMs: number;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  readonly onSecond?: (second: LoadSecond, elapsedMs: number) => void;
}

/** For what is in flight when the load ends, and for the result to be written. */
const marginMs = 120_000;
/** For tasks that were told to end. */
const graceMs = 20_000;

/**
 * Starts the shards, watches them and adds up what they leave. All of them, or the result has faults. The users' tokens
 * are in the bucket while it runs and gone afterwards, whatever happens: shards that begin later find nothing to do.
 */
export async function runShards(sharded: ShardedRun): Promise<LoadResult> {
  const { engine, jobs, store, job, order, startDelayMs, signal, note } = sharded;
  const run = randomBytes(8).toString("hex");
  const files = nameFiles(run);
  const change = await jobs.prepare(job);
  if (change !== "unchanged") note(`the job ${job.name} was ${change}`);
  // From when shards may have left something until all of it was read.
  let kept = false;
  try {
    const program = await layFiles(sharded, run);
    if (signal.aborted) {
      return { ...assembleResult({ engine, plan: order.plan, parts: [] }), ending: { kind: "interrupted" } };
    }
    const loadMs = order.plan.warmUpMs + order.plan.durationMs;
    const execution = await jobs.start(job, {
      tasks: order.shards,
      timeoutMs: startDelayMs + loadMs + marginMs,
      args: [`${job.mountPath}/${program}`, job.mountPath, run],
    });
    kept = true;
    note(`${order.shards} shards begin in ${Math.round(startDelayMs / 1000)} s (run ${run})`);
    const deadline = Date.now() + startDelayMs + loadMs + marginMs + graceMs;
    const watched = await watch({ ...sharded, run, execution, deadline }).catch(async (error: unknown) => {
      // Nobody watches them any more, and their users will be gone.
      await jobs
        .cancel(execution)
        .catch(() => note("the shards could not be ended; they go on to their end"));
      throw error;
    });
    const tasks = await jobs.listTasks(execution).catch(() => []);
    const reports = await readAll(store, files.reports);
    const gathered = judgeShards({ run, shards: order.shards, files: reports, tasks });
    const faults = watched.cut == null ? [...describeWatch(watched, reports), ...gathered.faults] : [];
    kept = faults.length > 0;
    if (kept && watched.state.logUri != null) note(`what the shards printed: ${watched.state.logUri}`);
    const result = assembleResult({
      engine,
      plan: order.plan,
      parts: gathered.parts.map(({ part }) => part),
    });
    return {
      ...result,
      // A shard that was interrupted by somebody else is a fault; nobody has interrupted this run.
      ending: watched.cut ?? (result.ending.kind === "interrupted" ? { kind: "completed" } : result.ending),
      faults,
      shards: gathered.parts.map(({ index, part }) => assembleShard(index, part)),
    };
  } finally {
    await cleanUp({ store, note, bucket: job.bucket, tokens: files.tokens, all: kept ? null : files.all });
  }
}

/** What the shards read. Answers the program's name. Throws BEE-E776 before tokens are laid where anybody may read them. */
async function layFiles(
  { store, job, order, tokens, startDelayMs, program }: ShardedRun,
  run: string,
): Promise<string> {
  const files = nameFiles(run);
  const digest = createHash("sha256").update(program).digest("hex");
  const name = `bee-load-program-${digest.slice(0, 16)}.mjs`;
  const now = await store.write(name, program);
  const startAt = new Date(now.getTime() + startDelayMs).toISOString();
  const told: ShardOrder = { schemaVersion: 1, run, startAt, ...order };
  await store.write(files.order, JSON.stringify(told));
  if (await store.isPublic(files.order)) throw publicBucket(job.bucket);
  await store.write(files.tokens, JSON.stringify(tokens.map((token) => token.reveal())));
  return name;
}

interface Watched {
  /** Why bee itself ended it before its time; null when it did not. */
  readonly cut: Ending | null;
  readonly inTime: boolean;
  readonly state: ShardExecution;
}

async function watch(
  sharded: ShardedRun & { readonly run: string; readonly execution: string; readonly deadline: number },
): Promise<Watched> {
  const { jobs, execution, deadline, signal, note, pollMs } = sharded;
  const progress = createShardProgress(sharded);
  let told = "";
  let cut: Ending | null = null;
  let until = deadline;
  for (;;) {
    const state = await jobs.readExecution(execution);
    const text = `shards: ${state.running} running, ${state.succeeded} done, ${state.failed} failed`;
    if (text !== told && !state.done) note(text);
    told = text;
    const why: string | null = cut == null && !state.done ? await progress.read() : null;
    if (state.done) return { cut, inTime: true, state };
    if (cut == null && (signal.aborted || why != null)) {
      cut = why == null ? { kind: "interrupted" } : { kind: "stopped", why };
      until = Date.now() + graceMs;
      await jobs.cancel(execution);
    }
    if (Date.now() > until) {
      if (cut == null) await jobs.cancel(execution);
      return { cut, inTime: false, state };
    }
    // After an interrupt the time is short, and the signal would end each pause at once.
    await sleep(cut == null ? pollMs : 250, undefined, cut == null ? { signal } : {}).catch(() => undefined);
  }
}

/** The platform's word counts where not one shard has left its own. */
function describeWatch({ inTime, state }: Watched, reports: readonly ShardFile[]): readonly string[] {
  return [
    ...(inTime ? [] : ["the shards did not end in their time"]),
    ...(reports.length === 0 && state.failure != null
      ? [`Cloud Run ran no shard to its end: ${state.failure}`]
      : []),
  ];
}

async function readAll(store: ObjectStore, prefix: string): Promise<readonly ShardFile[]> {
  const names = await store.list(prefix);
  return Promise.all(names.map(async (name) => ({ name, text: (await store.read(name)) ?? "" })));
}

interface CleanUp {
  readonly store: ObjectStore;
  readonly note: (text: string) => void;
  readonly bucket: string;
  readonly tokens: string;
  /** Prefix of all that may go; null when somebody may want to look at it. */
  readonly all: string | null;
}

async function cleanUp({ store, note, bucket, tokens, all }: CleanUp): Promise<void> {
  await store
    .remove(tokens)
    .catch(() =>
      note(`the users' tokens are left in gs://${bucket}/${tokens}; they are void within the hour`),
    );
  if (all == null)
    return note(`what the shards left is in gs://${bucket}/${tokens.replace("tokens.json", "*")}`);
  try {
    for (const name of await store.list(all)) await store.remove(name);
  } catch {
    note(`files are left in gs://${bucket}/${all}*`);
  }
}
