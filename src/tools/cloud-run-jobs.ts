import { setTimeout as sleep } from "node:timers/promises";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { ShardJob, ShardJobs } from "../ports/shard-jobs.ts";
import type { CloudRunOptions } from "./cloud-run-address.ts";
import { callOptions, createCloudRunClient } from "./cloud-run-client.ts";
import { describeCloudRunFailure, readRpcFailure } from "./cloud-run-error.ts";
import {
  type JobState,
  parseExecution,
  parseJob,
  parseStarted,
  parseTask,
  renderJob,
} from "./cloud-run-job-record.ts";

const readyMs = 120_000;
const readyPollMs = 500;

/** Cloud Run Jobs of a project and region. Throws BEE-E801 at once for an address that cannot be. */
export function createCloudRunJobs(options: CloudRunOptions): ShardJobs {
  const { parent, open, read } = createCloudRunClient(options, (v2, settings) => ({
    jobs: new v2.JobsClient(settings),
    executions: new v2.ExecutionsClient(settings),
    tasks: new v2.TasksClient(settings),
  }));
  type Clients = Awaited<ReturnType<typeof open>>;
  const pathOf = ({ name }: Pick<ShardJob, "name">): string => `${parent}/jobs/${name}`;

  const readJob = (job: ShardJob): Promise<JobState | null> =>
    read(`reading the job ${job.name}`, async ({ jobs }) => {
      try {
        const [found] = await jobs.getJob({ name: pathOf(job) }, callOptions);
        return parseJob(found);
      } catch (error) {
        if (readRpcFailure(error).status === "NOT_FOUND") return null;
        throw error;
      }
    });

  async function write<T>(what: string, call: (clients: Clients) => Promise<T>): Promise<T> {
    const clients = await open();
    return call(clients).catch((error: unknown) => {
      throw describeCloudRunFailure(error, what);
    });
  }

  /** Writes are accepted first and come about later. */
  async function untilReady(job: ShardJob): Promise<void> {
    for (const deadline = Date.now() + readyMs; Date.now() < deadline; await sleep(readyPollMs)) {
      const state = await readJob(job);
      if (state?.failure != null) throw notReady(job, state.failure);
      if (state != null && !state.reconciling) return;
    }
    throw notReady(job, `it was not ready within ${readyMs / 1000} s`);
  }

  return {
    async prepare(job) {
      const state = await readJob(job);
      if (state == null) {
        await write(`creating the job ${job.name}`, ({ jobs }) =>
          jobs.createJob({ parent, jobId: job.name, job: renderJob(job) }, callOptions),
        );
        await untilReady(job);
        return "created";
      }
      if (!state.own) throw foreign(job);
      if (isSame(state, job) && state.failure == null) {
        if (state.reconciling) await untilReady(job);
        return "unchanged";
      }
      const { etag } = state;
      await write(`changing the job ${job.name}`, ({ jobs }) =>
        jobs.updateJob({ job: { ...renderJob(job), name: pathOf(job), etag } }, callOptions),
      );
      await untilReady(job);
      return "updated";
    },
    start: (job, { tasks, timeoutMs, args }) =>
      write(`running the job ${job.name}`, async ({ jobs }) => {
        const overrides = {
          taskCount: tasks,
          timeout: { seconds: Math.ceil(timeoutMs / 1000) },
          containerOverrides: [{ args: [...args] }],
        };
        const [operation] = await jobs.runJob({ name: pathOf(job), overrides }, callOptions);
        return parseStarted(operation.metadata);
      }),
    readExecution: (name) =>
      read("reading the execution", async ({ executions }) => {
        const [found] = await executions.getExecution({ name }, callOptions);
        return parseExecution(found);
      }),
    listTasks: (name) =>
      read("listing the tasks", async ({ tasks }) => {
        const [found] = await tasks.listTasks({ parent: name }, callOptions);
        return found.map(parseTask);
      }),
    cancel: (name) =>
      write("cancelling the execution", async ({ executions }) => {
        await executions.cancelExecution({ name }, callOptions);
      }),
  };
}

function isSame({ job: found }: JobState, { name: _name, ...wanted }: ShardJob): boolean {
  return found != null && JSON.stringify(sorted(found)) === JSON.stringify(sorted(wanted));
}

function sorted(job: object): readonly unknown[] {
  return Object.entries(job).sort(([one], [other]) => (one < other ? -1 : 1));
}

function foreign({ name }: ShardJob): BeeError {
  return new BeeError({
    code: "BEE-E773",
    message: `There is a job ${name} that bee did not make`,
    detail: "Nothing was changed and nothing was sent.",
    hint: "Name another one in bee.config.yaml: targets.<target>.gcp.loadtest.job",
    exit: exitCodes.usage,
  });
}

function notReady({ name }: ShardJob, why: string): BeeError {
  return new BeeError({
    code: "BEE-E774",
    message: `The job ${name} is not ready: ${why}`,
    detail: "Nothing was sent.",
    hint: "Check image and serviceAccount in bee.config.yaml: targets.<target>.gcp.loadtest",
    exit: exitCodes.inconclusive,
  });
}
