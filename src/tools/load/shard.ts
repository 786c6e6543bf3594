import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { assembleStages } from "../../plan/load/schedule.ts";
import {
  exitOfEnding,
  nameFiles,
  orderSchema,
  type ShardOrder,
  type ShardProgress,
  type ShardReport,
  shardExits,
  tokensSchema,
} from "../../plan/load/shard.ts";
import type { SecondPart } from "../../plan/load/stop-rule.ts";
import { offerArrivals } from "./open-model.ts";
import { createScenarioCalls } from "./scenario-calls.ts";

export interface ShardInput {
  /** Where the bucket is mounted. */
  readonly folder: string;
  readonly run: string;
  /** What Cloud Run tells a task: CLOUD_RUN_TASK_INDEX, _COUNT, _ATTEMPT and CLOUD_RUN_EXECUTION. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly log: (text: string) => void;
}

/** Later than this behind the agreed time, the others' load would not be this one's. */
const toleranceMs = 500;
const progressMs = 2000;
const keptSeconds = 15;

/**
 * One of several generators: waits for the agreed time, offers its arrivals, leaves its result. Answers the exit code;
 * throws before anything was sent when it cannot read what to do.
 */
export async function runShard({ folder, run, env, signal, log }: ShardInput): Promise<number> {
  const files = nameFiles(run);
  const order = orderSchema.parse(JSON.parse(await readFile(join(folder, files.order), "utf8")));
  const tokens = tokensSchema.parse(JSON.parse(await readFile(join(folder, files.tokens), "utf8")));
  const self = readSelf(env, order);
  const leave = (report: ShardReport): Promise<void> =>
    writeFile(join(folder, files.report(self)), JSON.stringify(report));

  const waitMs = Date.parse(order.startAt) - Date.now();
  if (waitMs < -toleranceMs) {
    log(`ready ${-waitMs} ms after the others began`);
    await leave({ kind: "late", ...self, lateMs: -waitMs });
    return shardExits.late;
  }
  await sleep(Math.max(0, waitMs), undefined, { signal }).catch(() => undefined);

  const { plan } = order;
  const calls = createScenarioCalls({ ...order, tokens });
  const progress = keepProgress(join(folder, files.progress(self.index)), self);
  try {
    const part = await offerArrivals({
      plan,
      stages: assembleStages(plan.profile, plan.rate, plan.durationMs),
      call: calls.call,
      inFlightLimit: order.inFlightLimit,
      segment: { index: self.index, count: order.shards },
      signal,
      onSecond: (_second, _elapsedMs, own) => progress(own),
    });
    await leave({ kind: "ran", ...self, part });
    log(`${part.endpoints.reduce((sum, { total }) => sum + total, 0)} calls, ${part.ending.kind}`);
    return exitOfEnding[part.ending.kind];
  } catch (error) {
    log(`failed: ${error instanceof Error ? error.message : String(error)}`);
    return shardExits.failed;
  } finally {
    calls.close();
  }
}

function readSelf(env: ShardInput["env"], { run, shards }: ShardOrder) {
  const numberOf = (name: string): number => Number(env[name] ?? Number.NaN);
  const count = numberOf("CLOUD_RUN_TASK_COUNT");
  if (count !== shards) throw new Error(`the job runs ${count} tasks, the order is for ${shards}`);
  const index = numberOf("CLOUD_RUN_TASK_INDEX");
  if (!Number.isInteger(index) || index < 0 || index >= shards) throw new Error(`no task ${index}`);
  return {
    schemaVersion: 1,
    run,
    execution: (env["CLOUD_RUN_EXECUTION"] ?? "").replaceAll(/[^\w-]/g, ""),
    index,
    shards,
    attempt: Number(env["CLOUD_RUN_TASK_ATTEMPT"] ?? 0),
  } as const;
}

/** Writes the last seconds now and then. Nothing hangs on it: what cannot be written is left. */
function keepProgress(path: string, { run, index }: { run: string; index: number }) {
  let seconds: ShardProgress["seconds"] = [];
  let writing = false;
  let writtenAt = 0;
  let second = 0;
  return (part: SecondPart): void => {
    second += 1;
    seconds = [...seconds, { second, ...part, latency: [...part.latency] }].slice(-keptSeconds);
    if (writing || performance.now() - writtenAt < progressMs * 0.9) return;
    writing = true;
    writtenAt = performance.now();
    const progress: ShardProgress = { run, index, seconds };
    void writeFile(path, JSON.stringify(progress))
      .catch(() => undefined)
      .finally(() => {
        writing = false;
      });
  };
}
