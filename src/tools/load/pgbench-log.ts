import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { type PgbenchEntry, parsePgbenchEntry } from "../../plan/load/pgbench-output.ts";
import type { LoadPlan } from "../../plan/load/result.ts";
import type { Recorder } from "./recorder.ts";

/** What its log says beside the samples: counts of all of it, the warm-up included. */
export interface PgbenchLog {
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  /** Lines that were cut off. */
  readonly torn: number;
  /** When the first transaction was due, in µs since the epoch; null for an empty log. */
  readonly startUs: number | null;
  /** From the first that was due to the last that ended. */
  readonly spanMs: number;
}

/** Own lateness of the generator: a start after the work was due and a client had been free for so long. */
export interface PgbenchLateness {
  readonly started: number;
  readonly late: number;
  readonly displaced: number;
  readonly latestMs: number;
  /** In the measured part. */
  readonly skipped: number;
}

const lateMs = 10;

/** Reads the logs of all threads once, to know when it began and whether they are whole. */
export async function surveyPgbenchLog(prefix: string): Promise<PgbenchLog> {
  const counts = { done: 0, failed: 0, skipped: 0, torn: 0 };
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for await (const entry of eachEntry(prefix)) {
    if (entry == null) {
      counts.torn += 1;
      continue;
    }
    counts[entry.outcome.kind] += 1;
    first = Math.min(first, dueOf(entry));
    last = Math.max(last, entry.endUs);
  }
  const found = Number.isFinite(first);
  return { ...counts, startUs: found ? first : null, spanMs: found ? (last - first) / 1000 : 0 };
}

/** Hands the transactions of the measured part to `recorder`. `names` are the scripts' by index. */
export async function recordPgbenchLog(
  prefix: string,
  {
    plan,
    startUs,
    names,
  }: { readonly plan: LoadPlan; readonly startUs: number; readonly names: readonly string[] },
  recorder: Pick<Recorder, "add" | "addDrop">,
): Promise<PgbenchLateness> {
  const lateness = { started: 0, late: 0, displaced: 0, latestMs: 0, skipped: 0 };
  const freeSince = new Map<number, number>();
  for await (const entry of eachEntry(prefix)) {
    if (entry == null) continue;
    const { client, script, endUs, outcome } = entry;
    const due = dueOf(entry);
    const free = freeSince.get(client) ?? due;
    freeSince.set(client, endUs);
    const dueMs = (due - startUs) / 1000 - plan.warmUpMs;
    if (dueMs < 0 || dueMs >= plan.durationMs) continue;
    const endpoint = { name: names[script] ?? `script ${script}`, isFunction: false };
    if (outcome.kind === "failed") {
      recorder.addDrop(endpoint, dueMs, outcome.why);
    } else if (outcome.kind === "skipped") {
      lateness.skipped += 1;
      // It would have taken longer than that.
      recorder.add({ endpoint, dueMs, latencyMs: plan.limitMs, serviceMs: 0, failure: null });
    } else {
      const latencyMs = outcome.tookUs / 1000;
      recorder.add({
        endpoint,
        dueMs,
        latencyMs,
        serviceMs: latencyMs - outcome.lagUs / 1000,
        failure: null,
      });
      const ownMs = (due + outcome.lagUs - Math.max(due, free)) / 1000;
      lateness.started += 1;
      if (ownMs > lateMs) lateness.late += 1;
      if (ownMs > plan.limitMs / 10) lateness.displaced += 1;
      lateness.latestMs = Math.max(lateness.latestMs, ownMs);
    }
  }
  return lateness;
}

/** With -R the time counts from when it was due. */
function dueOf({ endUs, outcome }: PgbenchEntry): number {
  return outcome.kind === "done" ? endUs - outcome.tookUs : endUs;
}

async function* eachEntry(prefix: string): AsyncGenerator<PgbenchEntry | null> {
  const start = `${basename(prefix)}.`;
  const names = (await readdir(dirname(prefix))).filter((name) => name.startsWith(start)).sort();
  for (const name of names) {
    const lines = createInterface({ input: createReadStream(join(dirname(prefix), name)) });
    for await (const line of lines) yield parsePgbenchEntry(line);
  }
}
