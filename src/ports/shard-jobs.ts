import type { ShardTask } from "../plan/load/judge-shards.ts";

export type { ShardTask } from "../plan/load/judge-shards.ts";

/** The job that runs a load test's shards, one task each. */
export interface ShardJob {
  readonly name: string;
  /** By digest. */
  readonly image: string;
  readonly command: readonly string[];
  /** Mounted at `mountPath`. */
  readonly bucket: string;
  readonly mountPath: string;
  readonly serviceAccount: string;
  readonly cpu: number;
  readonly memoryMiB: number;
}

export interface ShardStart {
  readonly tasks: number;
  /** When a task is killed. */
  readonly timeoutMs: number;
  /** Readable by everybody who may look at the job: never a secret. */
  readonly args: readonly string[];
}

export interface ShardExecution {
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly done: boolean;
  /** Why it failed, in the platform's words, which say little when it was a task; null when it did not. */
  readonly failure: string | null;
  readonly logUri: string | null;
}

export type JobChange = "created" | "updated" | "unchanged";

/** Tasks that run at the same time, somewhere else. */
export interface ShardJobs {
  /** The job is as described, and ready, when it answers. Throws BEE-E773 for one that is somebody else's. */
  prepare(job: ShardJob): Promise<JobChange>;
  /** Each task once: one that fails is not begun anew. Answers the execution's name. */
  start(job: ShardJob, start: ShardStart): Promise<string>;
  readExecution(name: string): Promise<ShardExecution>;
  listTasks(name: string): Promise<readonly ShardTask[]>;
  /** Tells every task to end; those that do not are killed. */
  cancel(name: string): Promise<void>;
}
