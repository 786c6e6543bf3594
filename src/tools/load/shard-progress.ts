import { nameFiles, progressSchema, type ShardOrder, type ShardProgress } from "../../plan/load/shard.ts";
import { judgeStop, type LoadSecond, type SecondPart } from "../../plan/load/stop-rule.ts";
import type { ObjectStore } from "../../ports/object-store.ts";
import { assembleSecond } from "./assemble-result.ts";

export interface ShardProgressInput {
  readonly store: ObjectStore;
  readonly run: string;
  readonly order: Pick<ShardOrder, "shards" | "plan" | "inFlightLimit">;
  readonly onSecond?: (second: LoadSecond, elapsedMs: number) => void;
}

/** How far the quickest may be ahead before a second is taken without those that have not told it. */
const patience = 8;

/** Adds the shards' seconds up as they come. `read` answers why the run must not go on, or null. */
export function createShardProgress({ store, run, order, onSecond }: ShardProgressInput) {
  const files = nameFiles(run);
  const indexes = Array.from({ length: order.shards }, (_, index) => index);
  const heard = new Map<number, Map<number, SecondPart>>();
  const recent: LoadSecond[] = [];
  let next = 1;
  const limits = {
    limitMs: order.plan.limitMs,
    inFlightLimit: order.inFlightLimit * order.shards,
  };

  return {
    async read(): Promise<string | null> {
      const told = await Promise.all(
        indexes.map(async (index) =>
          parseProgress(await store.read(files.progress(index)).catch(() => null)),
        ),
      );
      for (const progress of told) {
        if (progress == null || progress.run !== run || progress.index >= order.shards) continue;
        for (const { second, ...part } of progress.seconds) {
          const parts = heard.get(second) ?? new Map<number, SecondPart>();
          heard.set(second, parts.set(progress.index, part));
        }
      }
      const newest = Math.max(0, ...heard.keys());
      for (; next <= newest; next += 1) {
        const parts = heard.get(next) ?? new Map<number, SecondPart>();
        if (parts.size < order.shards && next + patience > newest) break;
        heard.delete(next);
        const second = assembleSecond([...parts.values()]);
        recent.push(second);
        onSecond?.(second, next * 1000);
        const why = judgeStop(recent.slice(-10), limits);
        if (why != null) return why;
      }
      return null;
    },
  };
}

function parseProgress(text: string | null): ShardProgress | null {
  try {
    return progressSchema.safeParse(JSON.parse(text ?? "")).data ?? null;
  } catch {
    // It may be read while it is written.
    return null;
  }
}
