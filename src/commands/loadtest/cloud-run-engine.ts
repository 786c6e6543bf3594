import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../config/package-root.ts";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { estimateCost } from "../../plan/load/cost.ts";
import type { ShardHost, Target } from "../target.ts";
import type { LoadEngine } from "./engine.ts";
import { createLoadProgress } from "./load-progress.ts";
import { assertReachable } from "./reach.ts";

const pollMs = 2000;

/** bee's own generator in containers on Cloud Run Jobs. Throws BEE-E770 … E771 before anything is asked. */
export function createCloudRunEngine(target: Target, shards: number): LoadEngine {
  const host = demandHost(target);
  assertReachable(target, "Cloud Run", host.onLoopback);
  const { region, job, startDelayMs, jobs, store } = host;
  return {
    estimate: ({ warmUpMs, durationMs }) => {
      const seconds = (startDelayMs + warmUpMs + durationMs) / 1000;
      const { cpu, memoryMiB } = job;
      const cost = estimateCost({ shards, seconds, cpu, memoryMiB });
      return `from ${shards} containers in ${region} that run for ${Math.ceil(seconds)} s (${cost})`;
    },
    // Whether there are credentials and they open the bucket.
    async check(plan) {
      await store.list("bee-load-program-");
      return plan;
    },
    async offer({ ctx, plan, scenario, tokens, publishableKey, inFlightLimit, signal }) {
      const { runShards } = await import("../../tools/load/run-shards.ts");
      const result = await runShards({
        engine: `cloud-run ${region}`,
        jobs,
        store,
        job,
        program: await readFile(join(packageRoot, "dist/shard.mjs")),
        order: {
          shards,
          scenario,
          url: target.url,
          publishableKey,
          inFlightLimit: Math.ceil(inFlightLimit / shards),
          plan: { ...plan, what: "functions", scenario },
        },
        tokens,
        startDelayMs,
        pollMs,
        signal,
        note: (text) => ctx.emit({ type: "note", text }),
        onSecond: createLoadProgress(ctx, plan),
      });
      return { result };
    },
  };
}

function demandHost(target: Target): ShardHost {
  const host = target.cloud?.openShards() ?? null;
  if (host != null) return host;
  throw new BeeError({
    code: "BEE-E770",
    message: `Nothing says where shards may run for ${target.name}`,
    detail: "nothing was sent",
    hint: `Add targets.${target.name}.gcp (project, region, loadtest: image, bucket, serviceAccount) to bee.config.yaml; see docs/loadtest.md.`,
    exit: exitCodes.usage,
  });
}
