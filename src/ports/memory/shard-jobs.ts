import type { ShardExecution, ShardJob, ShardJobs, ShardStart, ShardTask } from "../shard-jobs.ts";

export interface MemoryShardJobs extends ShardJobs {
  readonly state: {
    job: ShardJob | null;
    readonly started: ShardStart[];
    readonly cancelled: string[];
    execution: ShardExecution;
    tasks: readonly ShardTask[];
  };
}

/** Tasks that are said to run until somebody says otherwise. */
export function createMemoryShardJobs(): MemoryShardJobs {
  const execution: ShardExecution = {
    running: 1,
    succeeded: 0,
    failed: 0,
    done: false,
    failure: null,
    logUri: null,
  };
  const state: MemoryShardJobs["state"] = { job: null, started: [], cancelled: [], execution, tasks: [] };
  return {
    state,
    async prepare(job) {
      const change = state.job == null ? "created" : "unchanged";
      state.job = job;
      return change;
    },
    async start(_job, start) {
      state.started.push(start);
      return `execution-${state.started.length}`;
    },
    async readExecution() {
      return state.execution;
    },
    async listTasks() {
      return state.tasks;
    },
    async cancel(name) {
      state.cancelled.push(name);
      state.execution = { ...state.execution, running: 0, done: true };
    },
  };
}
