import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";
import { embeddedEngine } from "./embedded-engine.ts";
import type { LoadEngine } from "./engine.ts";

export const engines = ["auto", "embedded", "k6", "cloud-run"] as const;

export interface AskedEngine {
  readonly engine: (typeof engines)[number];
  readonly shards?: number | undefined;
}

/**
 * auto takes k6 when it is there and recent enough. What can be told without the target is told first: throws BEE-E865
 * when k6 was asked for and is not there, BEE-E772 for shards of an engine that has none.
 */
export async function chooseEngine(
  { engine, shards }: AskedEngine,
  ctx: CommandContext,
): Promise<(target: Target) => LoadEngine> {
  if (engine === "cloud-run") {
    const { createCloudRunEngine } = await import("./cloud-run-engine.ts");
    return (target) => createCloudRunEngine(target, shards ?? 2);
  }
  if (shards != null) throw shardless(engine);
  if (engine === "embedded") return () => embeddedEngine;
  const path = ctx.env["PATH"] ?? "";
  const [{ createK6Engine, k6Runner }, { assertK6, findK6 }, { isK6Supported }] = await Promise.all([
    import("./k6-engine.ts"),
    import("../../tools/load/k6.ts"),
    import("../../plan/load/k6-invocation.ts"),
  ]);
  const version = await findK6(await k6Runner(), path);
  if (engine === "k6") assertK6(version);
  if (version == null) return () => embeddedEngine;
  if (!isK6Supported(version)) {
    ctx.emit({
      type: "note",
      text: `k6 ${version} on the PATH is too old: bee's own engine makes the calls`,
    });
    return () => embeddedEngine;
  }
  return () => createK6Engine(version, path);
}

function shardless(engine: string): BeeError {
  return new BeeError({
    code: "BEE-E772",
    message: `--shards is for --engine cloud-run; ${engine} is one generator`,
    detail: "nothing was sent",
    hint: "bee loadtest functions --engine cloud-run --shards 4",
    exit: exitCodes.usage,
  });
}
