import { describe, expect, it } from "vitest";
import { Secret } from "../../core/secret.ts";
import { nameFiles, orderSchema, type ShardProgress } from "../../plan/load/shard.ts";
import type { LoadSecond } from "../../plan/load/stop-rule.ts";
import { createMemoryObjectStore, type MemoryObjectStore } from "../../ports/memory/object-store.ts";
import { createMemoryShardJobs } from "../../ports/memory/shard-jobs.ts";
import { runShards, type ShardedRun } from "./run-shards.ts";

const plan = {
  what: "functions",
  scenario: "momentum-calculator",
  profile: "constant",
  rate: 12,
  durationMs: 60_000,
  warmUpMs: 3000,
  limitMs: 2000,
  planned: 720,
} as const;

const nothing = {
  endpoints: [],
  service: [],
  failures: [],
  sliceMs: 1000,
  slices: [],
  generator: {
    started: 0,
    late: 0,
    displaced: 0,
    latestMs: 0,
    loopDelayMs: 0,
    dropped: 0,
    inFlight: 0,
    inFlightLimit: 1,
  },
};

describe("watching shards", () => {
  const seconds: LoadSecond[] = [];
  const notes: string[] = [];
  const prepare = (store: MemoryObjectStore, changed: Partial<ShardedRun> = {}): ShardedRun => ({
    engine: "test",
    jobs: createMemoryShardJobs(),
    store,
    job: {
      name: "j",
      image: "i",
      command: ["node"],
      bucket: "b",
      mountPath: "/bee",
      serviceAccount: "s",
      cpu: 1,
      memoryMiB: 512,
    },
    program: Buffer.from("program"),
    order: {
      shards: 2,
      scenario: "momentum-calculator",
      url: "http://127.0.0.1:1",
      publishableKey: "public",
      inFlightLimit: 50,
      plan,
    },
    tokens: [new Secret("token-of-ana")],
    startDelayMs: 0,
    pollMs: 5,
    signal: new AbortController().signal,
    note: (text) => notes.push(text),
    onSecond: (second) => seconds.push(second),
    ...changed,
  });
  const told = (run: string, index: number, count: number, failed: number): ShardProgress => ({
    run,
    index,
    seconds: Array.from({ length: count }, (_, at) => ({
      second: at + 1,
      ended: 3,
      failed,
      inFlight: 1,
      latency: [50_000, 3],
    })),
  });
  /** What two shards tell of themselves, as soon as they are started. */
  const speak = (
    store: MemoryObjectStore,
    jobs: ReturnType<typeof createMemoryShardJobs>,
    failed: number,
  ) => {
    const start = jobs.start;
    jobs.start = async (job, request) => {
      const run = request.args.at(-1) ?? "";
      const files = nameFiles(run);
      for (const index of [0, 1]) {
        await store.write(files.progress(index), JSON.stringify(told(run, index, 6, failed)));
      }
      return start(job, request);
    };
  };

  it("stops them when half of all calls fail, though each alone sees too few to tell", async () => {
    const store = createMemoryObjectStore();
    const jobs = createMemoryShardJobs();
    speak(store, jobs, 3);
    const result = await runShards(prepare(store, { jobs }));
    expect(result.ending).toEqual({ kind: "stopped", why: "30 of 30 calls failed within 5 s" });
    expect(jobs.state.cancelled).toEqual(["execution-1"]);
    expect(seconds.at(-1)).toMatchObject({ ended: 6, failed: 6, inFlight: 2 });
    expect(seconds.at(-1)?.p95).toBeCloseTo(50, -1);
  });

  it("ends them at an interrupt, also one that came before they began", async () => {
    const stop = new AbortController();
    const store = createMemoryObjectStore();
    const jobs = createMemoryShardJobs();
    setTimeout(() => stop.abort(), 30);
    const result = await runShards(prepare(store, { jobs, signal: stop.signal }));
    expect(result.ending).toEqual({ kind: "interrupted" });
    expect(jobs.state.cancelled).toEqual(["execution-1"]);
    const early = createMemoryShardJobs();
    await runShards(prepare(createMemoryObjectStore(), { jobs: early, signal: stop.signal }));
    expect(early.state.started).toEqual([]);
  });

  it("tells them all when to begin by the store's clock, and lays tokens apart, for as long as it runs", async () => {
    const anHourAgo = Date.now() - 3_600_000;
    const store = createMemoryObjectStore(() => anHourAgo);
    const jobs = createMemoryShardJobs();
    jobs.state.execution = { ...jobs.state.execution, done: true };
    const result = await runShards(prepare(store, { jobs, startDelayMs: 90_000 }));
    expect(result.faults).toEqual(["shard 0 left no result", "shard 1 left no result"]);
    const [, run = ""] = /-load-([0-9a-f]{16})-order/.exec(store.state.written.join()) ?? [];
    const files = nameFiles(run);
    const order = orderSchema.parse(JSON.parse(store.state.objects.get(files.order) ?? ""));
    expect(Date.parse(order.startAt)).toBe(anHourAgo + 90_000);
    expect(store.state.written).toContain(files.tokens);
    expect(store.state.objects.has(files.tokens)).toBe(false);
    expect([...store.state.objects.values()].join()).not.toContain("token-of-ana");
    expect(jobs.state.started).toEqual([
      {
        tasks: 2,
        timeoutMs: 273_000,
        args: [expect.stringMatching(/^\/bee\/bee-load-program-/), "/bee", run],
      },
    ]);
  });

  it("ends them when it can no longer see them", async () => {
    const store = createMemoryObjectStore();
    const jobs = createMemoryShardJobs();
    jobs.readExecution = async () => {
      throw new Error("no network");
    };
    await expect(runShards(prepare(store, { jobs }))).rejects.toThrow("no network");
    expect(jobs.state.cancelled).toEqual(["execution-1"]);
    expect([...store.state.objects.keys()].filter((name) => name.includes("tokens"))).toEqual([]);
  });

  it("takes what a shard alone was told for a fault, not for an interrupt of the run", async () => {
    const store = createMemoryObjectStore();
    const jobs = createMemoryShardJobs();
    const start = jobs.start;
    jobs.start = async (job, request) => {
      const run = request.args.at(-1) ?? "";
      for (const index of [0, 1]) {
        const self = { schemaVersion: 1, run, execution: "x", index, shards: 2, attempt: 0 } as const;
        const part = { ...nothing, ending: { kind: index === 0 ? "interrupted" : "completed" } };
        await store.write(nameFiles(run).report(self), JSON.stringify({ kind: "ran", ...self, part }));
      }
      jobs.state.execution = { ...jobs.state.execution, done: true };
      return start(job, request);
    };
    const result = await runShards(prepare(store, { jobs }));
    expect(result).toMatchObject({ ending: { kind: "completed" }, faults: ["shard 0 was interrupted"] });
  });

  it("takes the tokens away when they cannot be started", async () => {
    const store = createMemoryObjectStore();
    const jobs = createMemoryShardJobs();
    jobs.start = async () => {
      throw new Error("no quota");
    };
    await expect(runShards(prepare(store, { jobs }))).rejects.toThrow("no quota");
    expect([...store.state.objects.keys()]).toEqual([expect.stringMatching(/^bee-load-program-/)]);
  });
});
