import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type CloudRunFake, startCloudRunFake } from "../../../tests/support/cloud-run-fake.ts";
import { type Behaviour, type KnownServer, startKnownServer } from "../../../tests/support/known-server.ts";
import { readShardProgram } from "../../../tests/support/shard-program.ts";
import { failureOf } from "../../../tests/support/target.ts";
import { Secret } from "../../core/secret.ts";
import { judgeLoad } from "../../plan/load/judge-load.ts";
import type { LoadResult } from "../../plan/load/result.ts";
import { assembleStages, countArrivals } from "../../plan/load/schedule.ts";
import type { LoadSecond } from "../../plan/load/stop-rule.ts";
import type { ShardJob } from "../../ports/shard-jobs.ts";
import { createCloudRunJobs } from "../cloud-run-jobs.ts";
import { createCloudStorage } from "../cloud-storage.ts";
import { runShards } from "./run-shards.ts";

const bucket = "bee-loadtest-bucket";
const job: ShardJob = {
  name: "bee-loadtest",
  image: `docker.io/library/node@sha256:${"a".repeat(64)}`,
  command: ["node"],
  bucket,
  mountPath: "/bee",
  serviceAccount: "bee-loadtest@bee-test-project.iam.gserviceaccount.com",
  cpu: 1,
  memoryMiB: 1024,
};
const tokens = [1, 2, 3, 4].map((user) => new Secret(`token-of-user-${user}`));

/** For processes to start in, also on a busy machine. */
const startDelayMs = 3000;

/** Every shard is a process of its own that loads a server of known latency. */
describe("shards on Cloud Run Jobs", () => {
  let fake: CloudRunFake;
  let program: Buffer;
  let folder = "";
  let server: KnownServer | null = null;

  beforeAll(async () => {
    program = await readShardProgram();
    fake = await startCloudRunFake();
    folder = await fake.tasks.openBucket(bucket);
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", fake.credentialsFile);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await fake.close();
  });
  beforeEach(() => {
    fake.tasks.mischief = () => ({});
    fake.tasks.refusal = null;
    fake.tasks.publicBuckets.clear();
    fake.tasks.output.length = 0;
    fake.seen.length = 0;
  });
  afterEach(async () => {
    await server?.close();
    server = null;
  });

  const adapters = () => {
    const { project, region } = fake;
    const env = { CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN: fake.url, STORAGE_EMULATOR_HOST: fake.url };
    return {
      jobs: createCloudRunJobs({ project, region, env }),
      store: createCloudStorage({ project, bucket, env }),
    };
  };

  interface Asked {
    readonly behaviour?: Behaviour;
    readonly shards?: number;
    readonly rate?: number;
    readonly durationMs?: number;
    readonly signal?: AbortSignal;
    readonly notes?: string[];
    readonly seconds?: LoadSecond[];
  }

  async function run(asked: Asked = {}): Promise<LoadResult> {
    const { behaviour = { kind: "uniform" }, shards = 3, rate = 60, durationMs = 1500 } = asked;
    server = await startKnownServer(behaviour);
    return runShards({
      engine: "cloud-run us-central1",
      ...adapters(),
      job,
      program,
      order: {
        shards,
        scenario: "momentum-calculator",
        url: server.url,
        publishableKey: "public",
        inFlightLimit: 200,
        plan: {
          what: "functions",
          scenario: "momentum-calculator",
          profile: "constant",
          rate,
          durationMs,
          warmUpMs: 200,
          limitMs: 2000,
          planned: countArrivals(assembleStages("constant", rate, durationMs)),
        },
      },
      tokens,
      startDelayMs,
      pollMs: 200,
      signal: asked.signal ?? new AbortController().signal,
      note: (text) => asked.notes?.push(text),
      onSecond: (second) => asked.seconds?.push(second),
    });
  }

  const judge = (result: LoadResult) => judgeLoad(result, { limitMs: 2000, errorShare: 0.01 });
  const left = () => readdirSync(folder).filter((name) => !name.startsWith("bee-load-program-"));

  // Other tests run beside it: one undisturbed measurement of three is enough.
  const tries = { timeout: 30_000, retry: 2 };

  it(
    "offer the whole schedule once, and add up to the percentiles of all calls, where an average is far off",
    tries,
    async () => {
      const [shards, notes]: [number, string[]] = [4, []];
      const result = await run({
        behaviour: { kind: "uneven", slow: "4" },
        shards,
        rate: 80,
        durationMs: 3000,
        notes,
      });
      expect(result.faults).toEqual([]);
      expect(result.all).toMatchObject({ total: 240, failed: 0 });
      expect(result.shards?.map(({ index, total }) => [index, total])).toEqual(
        [0, 1, 2, 3].map((n) => [n, 60]),
      );
      // The warm-up is shared out as well.
      const served = (server?.served ?? []).slice(16).toSorted((one, other) => one - other);
      expect(served).toHaveLength(240);
      // On a busy machine a shard hears late what was answered in time; it says so itself.
      const lateness = result.generator.loopDelayMs ?? 0;
      for (const [share, measured] of [
        [0.5, result.service?.p50],
        [0.95, result.service?.p95],
        [0.99, result.service?.p99],
      ] as const) {
        const truth = served[Math.ceil(share * served.length) - 1] ?? 0;
        expect(Math.abs((measured ?? 0) - truth), `p${share * 100}`).toBeLessThan(0.01 * truth + lateness);
      }
      const own = (result.shards ?? []).map(({ p95 }) => p95 ?? 0);
      const average = own.reduce((sum, p95) => sum + p95, 0) / shards;
      expect(average / (result.latency?.p95 ?? 1)).toBeLessThan(0.8);
      expect(left()).toEqual([]);
      expect(notes.join("\n")).toMatch(/4 shards begin in 3 s/);
      expect(notes.join("\n")).toMatch(/shards: 4 running/);
    },
  );

  it("cannot send their load twice, nor show a token to anybody who looks at the job", () => {
    expect(fake.tasks.jobs.get(job.name)?.job.template.template).toMatchObject({
      maxRetries: 0,
      serviceAccount: job.serviceAccount,
      containers: [{ image: job.image, command: ["node"] }],
      volumes: [{ gcs: { bucket } }],
    });
    const told = JSON.stringify([...fake.tasks.jobs.values(), ...fake.seen, ...fake.tasks.output]);
    expect(told).not.toContain("token-of-user");
  });

  it("are named when one is killed, late, cut off, another run's, doubled or never began", async () => {
    fake.tasks.mischief = (index) =>
      index === 1
        ? { killMs: startDelayMs + 700 }
        : index === 2
          ? { delayMs: startDelayMs + 1500 }
          : index === 6
            ? { exitCode: 137 }
            : {};
    fake.tasks.afterwards = (dir) => {
      const nameOf = (index: number): string =>
        join(dir, readdirSync(dir).find((name) => name.includes(`-shard-${index}-`)) ?? "");
      const textOf = (index: number): string => readFileSync(nameOf(index), "utf8");
      writeFileSync(nameOf(3), textOf(3).slice(0, -20));
      writeFileSync(nameOf(4), textOf(4).replace(/"run":"[0-9a-f]{16}"/, `"run":"${"0".repeat(16)}"`));
      writeFileSync(nameOf(5).replace(".json", "y.json"), textOf(5));
    };
    const notes: string[] = [];
    const result = await run({ shards: 7, rate: 70, notes });
    expect(notes.join("\n")).toContain("what the shards printed: https://console.cloud.google.com/logs");
    expect(result.faults).toEqual([
      "shard 1 left no result (killed by signal 9)",
      expect.stringMatching(/^shard 2 was not ready until \d\.\d s after the others had begun$/),
      "shard 3: its result cannot be read, as if it were cut off",
      "shard 4: its result is of another run",
      "shard 5 left 2 results: its load was sent more than once",
      "shard 6 left no result (exit code 137)",
    ]);
    expect(result.shards?.map(({ index }) => index)).toEqual([0]);
    expect(judge(result)).toMatchObject({ kind: "inconclusive", measurements: [] });
    // Who looks for the cause finds the files, but no tokens.
    expect(left().some((name) => name.includes("-shard-0-"))).toBe(true);
    expect(left().some((name) => name.includes("tokens"))).toBe(false);
  }, 30_000);

  it("end soon after an interrupt, with a part that is no pass", async () => {
    const stop = new AbortController();
    const seconds: LoadSecond[] = [];
    const running = run({ durationMs: 120_000, signal: stop.signal, seconds });
    await expect.poll(() => seconds.length, { timeout: 20_000 }).toBeGreaterThan(1);
    stop.abort();
    const at = performance.now();
    const result = await running;
    expect(performance.now() - at).toBeLessThan(8000);
    expect(result.ending).toEqual({ kind: "interrupted" });
    expect(result.all.total).toBeGreaterThan(30);
    expect(judge(result).kind).toBe("inconclusive");
    expect(left().some((name) => name.includes("tokens"))).toBe(false);
    expect(seconds[0]).toMatchObject({ failed: 0 });
    expect(seconds[0]?.p95).toBeGreaterThan(80);
  }, 30_000);

  it("are not started where anybody could read the users' tokens", async () => {
    fake.tasks.publicBuckets.add(bucket);
    expect(await failureOf(run())).toMatchObject({ code: "BEE-E776", exit: 3 });
    expect(fake.seen.filter((line) => /:run|POST.*tokens/.test(line))).toEqual([]);
    expect(server?.answered()).toBe(0);
  });

  it("say so when the platform does not run them", async () => {
    fake.tasks.refusal = "Image 'node' not found.";
    const result = await run();
    expect(result.faults?.[0]).toBe("Cloud Run ran no shard to its end: Image 'node' not found.");
    expect(judge(result)).toMatchObject({
      kind: "inconclusive",
      lines: [{ id: "samples" }, { id: "whole" }, { id: "whole" }, { id: "whole" }, { id: "whole" }],
    });
  });

  it("leave a job alone that is somebody else's, and bring their own up to date", async () => {
    const { jobs } = adapters();
    const state = fake.tasks.jobs.get(job.name)!;
    expect(await jobs.prepare(job)).toBe("unchanged");
    expect(await jobs.prepare({ ...job, memoryMiB: 2048 })).toBe("updated");
    expect(fake.tasks.jobs.get(job.name)?.job.template.template).toMatchObject({
      maxRetries: 0,
      containers: [{ resources: { limits: { cpu: "1", memory: "2048Mi" } } }],
    });
    expect(await jobs.prepare(job)).toBe("updated");
    fake.tasks.jobs.set("theirs", { ...state, job: { ...state.job, labels: {} } });
    expect(await failureOf(jobs.prepare({ ...job, name: "theirs" }))).toMatchObject({
      code: "BEE-E773",
      exit: 2,
    });
  });

  it("say which bucket cannot be used, and why", async () => {
    const store = createCloudStorage({
      project: fake.project,
      bucket: "nobodys",
      env: { STORAGE_EMULATOR_HOST: fake.url },
    });
    expect(await failureOf(store.list("x"))).toMatchObject({ code: "BEE-E775", exit: 2 });
    fake.failure = { status: 403, code: "PERMISSION_DENIED", message: "no" };
    expect(await failureOf(store.list("x"))).toMatchObject({
      code: "BEE-E775",
      exit: 8,
      hint: expect.stringContaining("roles/storage.objectUser"),
    });
    fake.failure = null;
    const { store: own } = adapters();
    expect(await own.read("nothing")).toBeNull();
    await own.remove("nothing");
    for (const name of ["p1", "p2", "p3"]) await own.write(name, name);
    expect(await own.list("p")).toEqual(["p1", "p2", "p3"]);
    for (const name of ["p1", "p2", "p3"]) await own.remove(name);
    expect(() =>
      createCloudStorage({
        project: fake.project,
        bucket,
        env: { STORAGE_EMULATOR_HOST: "http://x.example" },
      }),
    ).toThrow("http on loopback");
  });
});
