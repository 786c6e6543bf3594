import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeShards } from "../src/plan/load/judge-shards.ts";
import type { Percentiles } from "../src/plan/load/result.ts";
import { nameFiles, type ShardOrder } from "../src/plan/load/shard.ts";
import { assembleResult } from "../src/tools/load/assemble-result.ts";
import { startLoadServer } from "./load-server.ts";
import { root } from "./root.ts";

const shards = 4;
const rate = 100;
const warmUpMs = 2000;
const durationMs = 15_000;

export interface ShardedFigures {
  readonly merged: Percentiles;
  /** Of every single call, by the server. */
  readonly exact: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** What averaging the shards' own p95 would say. */
  readonly averaged: number;
}

/** Four processes as the containers run them, one of them with a user who waits three times as long. */
export async function runFourShards(): Promise<ShardedFigures> {
  const server = await startLoadServer("uneven");
  const folder = await mkdtemp(join(tmpdir(), "bee-bench-shards-"));
  const run = "0123456789abcdef";
  const files = nameFiles(run);
  const order: ShardOrder = {
    schemaVersion: 1,
    run,
    shards,
    startAt: new Date(Date.now() + 3000).toISOString(),
    scenario: "momentum-calculator",
    url: server.url,
    publishableKey: "public",
    inFlightLimit: 500,
    plan: {
      what: "functions",
      scenario: "momentum-calculator",
      profile: "constant",
      rate,
      durationMs,
      warmUpMs,
      limitMs: 2000,
      planned: (rate * durationMs) / 1000,
    },
  };
  try {
    await writeFile(join(folder, files.order), JSON.stringify(order));
    await writeFile(join(folder, files.tokens), JSON.stringify(["user-1", "user-2", "user-3", "user-4"]));
    await Promise.all(Array.from({ length: shards }, (_, index) => runShard(folder, run, index)));
    const names = (await readdir(folder)).filter((name) => name.startsWith(files.reports));
    const read = await Promise.all(
      names.map(async (name) => ({ name, text: await readFile(join(folder, name), "utf8") })),
    );
    const { parts, faults } = judgeShards({ run, shards, files: read, tasks: [] });
    if (faults.length > 0) throw new Error(faults.join("; "));
    const assemble = (some: typeof parts) =>
      assembleResult({ engine: "bench", plan: order.plan, parts: some.map(({ part }) => part) });
    const { latency } = assemble(parts);
    if (latency == null) throw new Error("no samples");
    const own = parts.map((part) => assemble([part]).latency?.p95 ?? 0);
    const warmUp = (rate * warmUpMs) / 1000;
    const served = [...(await server.readServed())].slice(warmUp).sort((one, other) => one - other);
    const at = (share: number): number => served[Math.ceil(share * served.length) - 1] ?? 0;
    return {
      merged: latency,
      exact: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
      averaged: own.reduce((sum, p95) => sum + p95, 0) / shards,
    };
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function runShard(folder: string, run: string, index: number): Promise<void> {
  const child = spawn(process.execPath, [join(root, "dist/shard.mjs"), folder, run], {
    stdio: "ignore",
    env: {
      CLOUD_RUN_TASK_INDEX: `${index}`,
      CLOUD_RUN_TASK_COUNT: `${shards}`,
      CLOUD_RUN_TASK_ATTEMPT: "0",
      CLOUD_RUN_EXECUTION: "bench",
    },
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`shard ${index}: exit code ${code}`)),
    );
  });
}
