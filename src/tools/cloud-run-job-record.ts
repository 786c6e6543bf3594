import * as z from "zod";
import type { ShardTask } from "../plan/load/judge-shards.ts";
import type { ShardExecution, ShardJob } from "../ports/shard-jobs.ts";
import { conditionSchema } from "./cloud-run-record.ts";

/** Marks the jobs that bee may change. */
const ownLabel = { "managed-by": "bee" } as const;

const volume = "bucket";

/** How google.cloud.run.v2 describes the job. Without `maxRetries: 0` a task that failed would send its load again, thrice. */
export function renderJob(job: ShardJob) {
  return {
    labels: { ...ownLabel },
    template: {
      taskCount: 1,
      template: {
        containers: [
          {
            image: job.image,
            command: [...job.command],
            resources: { limits: { cpu: String(job.cpu), memory: `${job.memoryMiB}Mi` } },
            volumeMounts: [{ name: volume, mountPath: job.mountPath }],
          },
        ],
        volumes: [{ name: volume, gcs: { bucket: job.bucket } }],
        serviceAccount: job.serviceAccount,
        maxRetries: 0,
      },
    },
  };
}

const text = z.string().nullish();

/** The parts of a job that bee reads; absent fields arrive as their defaults. */
const jobSchema = z.object({
  etag: text,
  labels: z.record(z.string(), z.string()).nullish(),
  reconciling: z.boolean().nullish(),
  terminalCondition: conditionSchema.nullish(),
  template: z.object({
    template: z.object({
      maxRetries: z.number().nullish(),
      serviceAccount: text,
      containers: z.array(
        z.object({
          image: text,
          command: z.array(z.string()).nullish(),
          resources: z.object({ limits: z.record(z.string(), z.string()).nullish() }).nullish(),
          volumeMounts: z.array(z.object({ mountPath: text })).nullish(),
        }),
      ),
      volumes: z.array(z.object({ gcs: z.object({ bucket: text }).nullish() })).nullish(),
    }),
  }),
});

export interface JobState {
  readonly etag: string;
  readonly own: boolean;
  readonly reconciling: boolean;
  readonly failure: string | null;
  /** Null when it is of another kind altogether. */
  readonly job: Omit<ShardJob, "name"> | null;
}

export function parseJob(record: unknown): JobState {
  const { etag, labels, reconciling, terminalCondition, template } = jobSchema.parse(record);
  const { containers, volumes, serviceAccount, maxRetries } = template.template;
  const [container] = containers;
  const limits = container?.resources?.limits ?? {};
  const failed = terminalCondition?.state === "CONDITION_FAILED";
  return {
    etag: etag ?? "",
    own: labels?.["managed-by"] === ownLabel["managed-by"],
    reconciling: reconciling === true,
    failure: failed ? (terminalCondition?.message ?? "it failed") : null,
    job:
      container == null || containers.length > 1 || maxRetries !== 0
        ? null
        : {
            image: container.image ?? "",
            command: container.command ?? [],
            bucket: volumes?.[0]?.gcs?.bucket ?? "",
            mountPath: container.volumeMounts?.[0]?.mountPath ?? "",
            serviceAccount: serviceAccount ?? "",
            cpu: parseCpu(limits["cpu"] ?? ""),
            memoryMiB: parseMemory(limits["memory"] ?? ""),
          },
  };
}

/** The name of the execution that an operation has started, which it tells before it ends. */
export function parseStarted(metadata: unknown): string {
  return z.object({ name: z.string().min(1) }).parse(metadata).name;
}

const count = z.number().nullish();

const executionSchema = z.object({
  runningCount: count,
  succeededCount: count,
  failedCount: count,
  cancelledCount: count,
  completionTime: z.unknown(),
  logUri: text,
  conditions: z.array(conditionSchema).nullish(),
});

export function parseExecution(record: unknown): ShardExecution {
  const read = executionSchema.parse(record);
  const completed = (read.conditions ?? []).find(({ type }) => type === "Completed");
  const ended = completed?.state === "CONDITION_SUCCEEDED" || completed?.state === "CONDITION_FAILED";
  return {
    running: read.runningCount ?? 0,
    succeeded: read.succeededCount ?? 0,
    failed: (read.failedCount ?? 0) + (read.cancelledCount ?? 0),
    done: read.completionTime != null || ended,
    failure: completed?.state === "CONDITION_FAILED" ? (completed.message ?? "it failed") : null,
    logUri: read.logUri == null || read.logUri === "" ? null : read.logUri,
  };
}

const taskSchema = z.object({
  index: count,
  lastAttemptResult: z.object({ exitCode: count, termSignal: count }).nullish(),
});

export function parseTask(record: unknown): ShardTask {
  const { index, lastAttemptResult } = taskSchema.parse(record);
  return {
    index: index ?? 0,
    exitCode: lastAttemptResult == null ? null : (lastAttemptResult.exitCode ?? 0),
    signal: lastAttemptResult?.termSignal ?? null,
  };
}

/** `1`, `1000m` → 1. */
function parseCpu(limit: string): number {
  return limit.endsWith("m") ? Number(limit.slice(0, -1)) / 1000 : Number(limit);
}

/** `1024Mi`, `1Gi` → 1024. */
function parseMemory(limit: string): number {
  const [, value = "0", unit = ""] = /^(\d+)(Mi|Gi)$/.exec(limit) ?? [];
  return Number(value) * (unit === "Gi" ? 1024 : 1);
}
