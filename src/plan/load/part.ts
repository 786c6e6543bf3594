import * as z from "zod";
import type { LoadPlan } from "./result.ts";

const count = z.int().min(0).max(1e12);
const share = z.number().min(0);

/**
 * Samples as flat pairs, a value in µs and how many had it. Such counts add without loss, which percentiles do not:
 * shards with p95 69, 69 and 3,389 ms average to 1,176 ms where all samples together have 3,080 ms.
 */
const countsSchema = z
  .array(z.int().min(0).max(1e9))
  .max(200_000)
  .refine((pairs) => pairs.length % 2 === 0, "pairs of a value and its count");

export type Counts = Readonly<z.infer<typeof countsSchema>>;

const tallySchema = { total: count, failed: count, over: count };

const endingSchema = z.union([
  z.strictObject({ kind: z.enum(["completed", "interrupted"]) }),
  z.strictObject({ kind: z.literal("stopped"), why: z.string().max(500) }),
]);

/** What one generator saw of a run, in figures that add. */
export const partSchema = z.strictObject({
  ending: endingSchema,
  endpoints: z
    .array(
      z.strictObject({
        name: z.string().max(200),
        isFunction: z.boolean(),
        ...tallySchema,
        latency: countsSchema,
      }),
    )
    .max(1000),
  /** From the actual sending. */
  service: countsSchema,
  failures: z.array(z.strictObject({ what: z.string().max(200), count })).max(1000),
  sliceMs: z.int().min(1),
  slices: z
    .array(
      z.strictObject({
        index: z.int().min(0).max(10_000),
        total: count,
        failed: count,
        latency: countsSchema,
        buckets: z.array(count).max(100),
      }),
    )
    .max(10_000),
  generator: z.strictObject({
    started: count,
    /** More than 10 ms late, and by more than a tenth of the limit. */
    late: count,
    displaced: count,
    latestMs: share,
    loopDelayMs: share,
    dropped: count,
    inFlight: count,
    inFlightLimit: count,
  }),
});

export type LoadPart = Readonly<z.infer<typeof partSchema>>;

/** Every arrival is in the counts, but for those that found no room. */
export function isConsistent({ endpoints, service, generator }: LoadPart): boolean {
  const total = endpoints.reduce((sum, one) => sum + one.total, 0);
  const measured = endpoints.reduce((sum, one) => sum + countSamples(one.latency), 0);
  return measured + generator.dropped === total && countSamples(service) === measured;
}

function countSamples(counts: Counts): number {
  return counts.reduce((sum, value, index) => (index % 2 === 1 ? sum + value : sum), 0);
}

/** The time that a slice of a run takes: 120 of them at most, of whole seconds. */
export function sliceMsOf({ durationMs }: Pick<LoadPlan, "durationMs">): number {
  return Math.max(1000, Math.ceil(durationMs / mostSlices / 1000) * 1000);
}

const mostSlices = 120;
