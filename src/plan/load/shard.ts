import * as z from "zod";
import { partSchema } from "./part.ts";
import { scenarios } from "./scenario.ts";
import { profiles } from "./schedule.ts";

/** As many as are ever started: each is a container that costs money. */
export const mostShards = 100;

/** Names one run's files, and makes its idempotency keys unique. */
const run = z.string().regex(/^[0-9a-f]{16}$/);
const index = z
  .int()
  .min(0)
  .max(mostShards - 1);
const positive = z.number().positive();

/** What every shard of a run is told. Access tokens are not in it: they are a file of their own, gone after the run. */
export const orderSchema = z.strictObject({
  schemaVersion: z.literal(1),
  run,
  shards: z.int().min(1).max(mostShards),
  /** When all of them begin, by Google's clock. */
  startAt: z.iso.datetime(),
  scenario: z.enum(scenarios),
  url: z.url({ protocol: /^https?$/ }),
  publishableKey: z.string(),
  /** Of one shard. */
  inFlightLimit: z.int().min(1),
  plan: z.strictObject({
    what: z.literal("functions"),
    scenario: z.enum(scenarios),
    profile: z.enum(profiles),
    rate: positive,
    durationMs: positive,
    warmUpMs: z.number().min(0),
    limitMs: positive,
    planned: z.int().min(0),
  }),
});

export type ShardOrder = Readonly<z.infer<typeof orderSchema>>;

export const tokensSchema = z.array(z.string().min(1)).min(1);

const sender = {
  schemaVersion: z.literal(1),
  run,
  /** The execution of the job. Two of them for one run have sent twice the load. */
  execution: z.string().max(200),
  index,
  shards: z.int().min(1).max(mostShards),
  /** 0 unless the platform began it anew. */
  attempt: z.int().min(0),
};

/** What a shard leaves. */
export const reportSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ran"), ...sender, part: partSchema }),
  z.strictObject({ kind: z.literal("late"), ...sender, lateMs: z.number().min(0) }),
]);

export type ShardReport = Readonly<z.infer<typeof reportSchema>>;

/** The last seconds of a shard, while it runs. */
export const progressSchema = z.strictObject({
  run,
  index,
  seconds: z
    .array(
      z.strictObject({
        /** Of the measured part, counted from 1. */
        second: z.int().min(1),
        ended: z.int().min(0),
        failed: z.int().min(0),
        inFlight: z.int().min(0),
        latency: partSchema.shape.service,
      }),
    )
    .max(60),
});

export type ShardProgress = Readonly<z.infer<typeof progressSchema>>;

/** How a shard's process ends; k6's numbers where it has one. */
export const shardExits = {
  done: 0,
  failed: 1,
  late: 75,
  unreadable: 78,
  stopped: 99,
  interrupted: 105,
} as const;

export const exitOfEnding = {
  completed: shardExits.done,
  stopped: shardExits.stopped,
  interrupted: shardExits.interrupted,
} as const;

/** The files of a run in the bucket. Without folders, which a mounted bucket does not have by itself. */
export function nameFiles(run: string) {
  const own = `bee-load-${run}`;
  return {
    order: `${own}-order.json`,
    tokens: `${own}-tokens.json`,
    progress: (index: number) => `${own}-progress-${index}.json`,
    reports: `${own}-shard-`,
    report: ({ index, attempt, execution }: Pick<ShardReport, "index" | "attempt" | "execution">) =>
      `${own}-shard-${index}-${attempt}-${execution}.json`,
    all: `${own}-`,
  };
}
