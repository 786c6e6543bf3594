import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface FakeTask {
  readonly index: number;
  attempt: number;
  process: ChildProcess | null;
  state: "running" | "succeeded" | "failed" | "cancelled";
  exitCode: number | null;
  signal: number | null;
}

interface FakeExecution {
  readonly name: string;
  readonly tasks: FakeTask[];
  cancelled: boolean;
  failure: string | null;
}

// biome-ignore lint/suspicious/noExplicitAny: as the API's client sends it
type Json = any;

interface FakeJob {
  etag: number;
  job: Json;
  /** Reads until a change has come about. */
  pending: number;
}

export interface CloudJobsFake {
  readonly jobs: Map<string, FakeJob>;
  readonly executions: Map<string, FakeExecution>;
  /** What the tasks print. */
  readonly output: string[];
  /** The folder of a bucket, which is mounted into tasks. */
  openBucket(name: string): Promise<string>;
  readonly publicBuckets: Set<string>;
  /** What goes wrong with a task, asked before each begins. */
  mischief: (index: number, attempt: number) => Mischief;
  /** Runs once, when the last task has ended. */
  afterwards: ((folder: string) => void) | null;
  /** What the platform says instead of running anything. */
  refusal: string | null;
  /** Null for what it does not know. `anonymous`: without credentials. */
  handle(method: string, url: URL, body: Buffer, anonymous: boolean): Promise<FakeAnswer | null>;
  close(): Promise<void>;
}

export interface Mischief {
  /** Begins so much later. */
  readonly delayMs?: number;
  /** Killed so long after its beginning. */
  readonly killMs?: number;
  /** Never begins, and ends with this. */
  readonly exitCode?: number;
}

export interface FakeAnswer {
  readonly status: number;
  /** A string is sent as it is. */
  readonly body: unknown;
}

const refuse = (status: number, code: string, message: string): FakeAnswer => ({
  status,
  body: { error: { code: status, status: code, message } },
});

/**
 * Cloud Run Jobs and a bucket on loopback, which really run what they are told: each task is a process of its own, the
 * bucket a folder that takes the place of the mount. As the platform does, a task that fails is begun anew three times
 * unless the job says otherwise.
 */
export async function createCloudJobsFake(parent: string): Promise<CloudJobsFake> {
  const root = await mkdtemp(join(tmpdir(), "bee-cloud-jobs-"));
  const jobs = new Map<string, FakeJob>();
  const executions = new Map<string, FakeExecution>();
  const buckets = new Map<string, string>();
  const operation = (metadata: Json, type: string) => ({
    status: 200,
    body: {
      name: `${parent}/operations/o1`,
      done: false,
      metadata: { "@type": `type.googleapis.com/google.cloud.run.v2.${type}`, ...metadata },
    },
  });

  const fake: CloudJobsFake = {
    jobs,
    executions,
    output: [],
    publicBuckets: new Set(),
    mischief: () => ({}),
    afterwards: null,
    refusal: null,
    async openBucket(name) {
      const folder = join(root, name);
      await mkdir(folder, { recursive: true });
      buckets.set(name, folder);
      return folder;
    },
    async handle(method, url, body, anonymous) {
      const path = url.pathname;
      if (/^\/(upload\/)?storage\/v1\/b\//.test(path)) {
        return handleObject(fake, buckets, method, url, body, anonymous);
      }
      const [, name, rest = ""] = new RegExp(`^/v2/${parent}/jobs/?([\\w-]*)(.*)$`).exec(path) ?? [];
      if (name == null || anonymous) return null;
      const text = body.toString("utf8");
      if (rest.startsWith("/executions/")) return handleExecution(fake, method, path.slice("/v2/".length));
      if (method === "POST" && name === "")
        return create(url.searchParams.get("jobId") ?? "", JSON.parse(text));
      const found = jobs.get(name);
      if (found == null) return refuse(404, "NOT_FOUND", `Resource '${name}' was not found`);
      if (method === "POST" && rest === ":run") return run(name, found.job, JSON.parse(text).overrides ?? {});
      if (method === "PATCH") {
        const sent = JSON.parse(text);
        if (sent.etag !== `"${found.etag}"`) return refuse(409, "ABORTED", "version does not match");
        jobs.set(name, { etag: found.etag + 1, job: sent, pending: 1 });
        return operation({ name: `${parent}/jobs/${name}` }, "Job");
      }
      if (method === "GET") {
        const reconciling = found.pending-- > 0;
        const condition = { type: "Ready", state: "CONDITION_SUCCEEDED" };
        return {
          status: 200,
          body: {
            ...found.job,
            name: `${parent}/jobs/${name}`,
            etag: `"${found.etag}"`,
            terminalCondition: condition,
            ...(reconciling ? { reconciling } : {}),
          },
        };
      }
      return null;
    },
    async close() {
      for (const { tasks } of executions.values()) for (const task of tasks) task.process?.kill("SIGKILL");
      await rm(root, { recursive: true, force: true });
    },
  };

  function create(id: string, job: Json): FakeAnswer {
    if (jobs.has(id)) return refuse(409, "ALREADY_EXISTS", `Resource '${id}' already exists`);
    jobs.set(id, { etag: 1, job, pending: 2 });
    return operation({ name: `${parent}/jobs/${id}` }, "Job");
  }

  function run(id: string, job: Json, overrides: Json): FakeAnswer {
    const short = `${id}-${executions.size + 1}x`;
    const name = `${parent}/jobs/${id}/executions/${short}`;
    const count = overrides.taskCount ?? job.template.taskCount ?? 1;
    const tasks = Array.from(
      { length: count },
      (_, index): FakeTask => ({
        index,
        attempt: 0,
        process: null,
        state: "running",
        exitCode: null,
        signal: null,
      }),
    );
    const execution: FakeExecution = { name, tasks, cancelled: false, failure: fake.refusal };
    executions.set(name, execution);
    if (fake.refusal == null)
      for (const task of tasks) void begin(execution, task, job.template.template, overrides);
    return operation({ name }, "Execution");
  }

  async function begin(
    execution: FakeExecution,
    task: FakeTask,
    template: Json,
    overrides: Json,
  ): Promise<void> {
    const { delayMs = 0, killMs, exitCode } = fake.mischief(task.index, task.attempt);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (execution.cancelled) return end(execution, task, "cancelled");
    if (exitCode != null) {
      task.exitCode = exitCode;
      return end(execution, task, "failed");
    }
    const [container] = template.containers;
    const own = overrides.containerOverrides?.[0] ?? {};
    const [mount] = container.volumeMounts;
    const folder = buckets.get(template.volumes[0].gcs.bucket) ?? "/nowhere";
    const [file = "", ...args]: string[] = [...container.command, ...(own.args ?? container.args ?? [])].map(
      (word: string) =>
        word === mount.mountPath || word.startsWith(`${mount.mountPath}/`)
          ? word.replace(mount.mountPath, folder)
          : word,
    );
    const child = spawn(file === "node" ? process.execPath : file, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        CLOUD_RUN_TASK_INDEX: `${task.index}`,
        CLOUD_RUN_TASK_COUNT: `${execution.tasks.length}`,
        CLOUD_RUN_TASK_ATTEMPT: `${task.attempt}`,
        CLOUD_RUN_EXECUTION: execution.name.split("/").at(-1) ?? "",
      },
    });
    task.process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => fake.output.push(String(chunk)));
    }
    const seconds = Number.parseInt(overrides.timeout ?? template.timeout ?? "600s", 10);
    const timers = [
      setTimeout(() => child.kill("SIGKILL"), seconds * 1000),
      ...(killMs == null ? [] : [setTimeout(() => child.kill("SIGKILL"), killMs)]),
    ];
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      child.on("close", (...ended) => resolve(ended));
    });
    for (const timer of timers) clearTimeout(timer);
    task.exitCode = code;
    task.signal = signal === "SIGKILL" ? 9 : null;
    if (execution.cancelled) return end(execution, task, "cancelled");
    if (code === 0) return end(execution, task, "succeeded");
    if (task.attempt < (template.maxRetries ?? 3)) {
      task.attempt += 1;
      return begin(execution, task, template, overrides);
    }
    return end(execution, task, "failed");
  }

  function end(execution: FakeExecution, task: FakeTask, state: FakeTask["state"]): void {
    task.state = state;
    if (execution.tasks.some((one) => one.state === "running")) return;
    const afterwards = fake.afterwards;
    fake.afterwards = null;
    for (const folder of buckets.values()) afterwards?.(folder);
  }

  return fake;
}

function handleExecution(fake: CloudJobsFake, method: string, path: string): FakeAnswer {
  const cancel = path.endsWith(":cancel");
  const listed = path.endsWith("/tasks");
  const execution = fake.executions.get(path.replace(/(:cancel|\/tasks)$/, ""));
  if (execution == null) return refuse(404, "NOT_FOUND", "there is no such execution");
  if (listed) return { status: 200, body: { tasks: execution.tasks.map(renderTask) } };
  if (method === "POST" && cancel) {
    execution.cancelled = true;
    for (const { process } of execution.tasks) process?.kill("SIGTERM");
  }
  const body = renderExecution(execution);
  return { status: 200, body: cancel ? { name: "operations/o2", done: false, metadata: null } : body };
}

function renderExecution({ name, tasks, failure, cancelled }: FakeExecution) {
  const count = (state: FakeTask["state"]) => tasks.filter((task) => task.state === state).length;
  const done = failure != null || count("running") === 0;
  const good = failure == null && count("succeeded") === tasks.length;
  const message = failure ?? (cancelled ? "Execution was cancelled." : "Task failed.");
  return {
    name,
    taskCount: tasks.length,
    runningCount: failure == null ? count("running") : 0,
    succeededCount: count("succeeded"),
    failedCount: count("failed"),
    cancelledCount: count("cancelled"),
    logUri: "https://console.cloud.google.com/logs/viewer",
    conditions: [
      done
        ? { type: "Completed", state: good ? "CONDITION_SUCCEEDED" : "CONDITION_FAILED", message }
        : { type: "Completed", state: "CONDITION_RECONCILING" },
    ],
    ...(done ? { completionTime: new Date().toISOString() } : {}),
  };
}

function renderTask({ index, exitCode, signal }: FakeTask) {
  const ended = exitCode != null || signal != null;
  const result = {
    ...(exitCode == null ? {} : { exitCode }),
    ...(signal == null ? {} : { termSignal: signal }),
  };
  return { name: `t${index}`, index, ...(ended ? { lastAttemptResult: result } : {}) };
}

function handleObject(
  fake: CloudJobsFake,
  buckets: ReadonlyMap<string, string>,
  method: string,
  url: URL,
  body: Buffer,
  anonymous: boolean,
): FakeAnswer {
  const [, bucket = "", object] = /\/b\/([^/]+)\/o(?:\/(.+))?$/.exec(url.pathname) ?? [];
  const folder = buckets.get(bucket);
  if (anonymous && !fake.publicBuckets.has(bucket)) return { status: 401, body: "Anonymous caller" };
  if (folder == null) return refuse(404, "NOT_FOUND", "The specified bucket does not exist.");
  const name = decodeURIComponent(object ?? url.searchParams.get("name") ?? "");
  if (name.includes("/")) return refuse(400, "INVALID", "no folders here");
  if (method === "POST") {
    writeFileSync(join(folder, name), body);
    return { status: 200, body: { name } };
  }
  if (object == null) {
    const prefix = url.searchParams.get("prefix") ?? "";
    const names = readdirSync(folder)
      .filter((one) => one.startsWith(prefix))
      .sort();
    const start = Number(url.searchParams.get("pageToken") ?? 0);
    const items = names.slice(start, start + 2).map((one) => ({ name: one }));
    const more = start + 2 < names.length ? { nextPageToken: `${start + 2}` } : {};
    return { status: 200, body: { ...(items.length === 0 ? {} : { items }), ...more } };
  }
  if (!readdirSync(folder).includes(name)) return { status: 404, body: "No such object" };
  if (method === "DELETE") {
    rmSync(join(folder, name));
    return { status: 204, body: "" };
  }
  return { status: 200, body: readFileSync(join(folder, name), "utf8") };
}
