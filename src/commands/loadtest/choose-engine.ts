import { resolve } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";
import { embeddedEngine } from "./embedded-engine.ts";
import type { LoadEngine } from "./engine.ts";

export const engines = ["auto", "embedded", "k6", "cloud-run", "k6-cloud"] as const;

export interface AskedEngine {
  readonly engine: (typeof engines)[number];
  readonly shards?: number | undefined;
  /** A k6 script of somebody's own. */
  readonly script?: string | undefined;
  /** Less than this share of the calls may fail. */
  readonly errorShare: number;
}

/**
 * auto takes k6 when it is there and recent enough, and must have it for a script. What can be told without the target
 * is told first: throws BEE-E865 when k6 is needed and not there, BEE-E772 for flags of other engines.
 */
export async function chooseEngine(
  { engine, shards, script, errorShare }: AskedEngine,
  ctx: CommandContext,
): Promise<(target: Target) => LoadEngine> {
  if (shards != null && engine !== "cloud-run")
    throw misplaced("--shards", engine, "--engine cloud-run --shards 4");
  if (script != null && (engine === "embedded" || engine === "cloud-run")) {
    throw misplaced("--script", engine, "--engine k6 --script FILE");
  }
  if (engine === "cloud-run") {
    const { createCloudRunEngine } = await import("./cloud-run-engine.ts");
    return (target) => createCloudRunEngine(target, shards ?? 2);
  }
  if (engine === "embedded") return () => embeddedEngine;
  const { createK6Engine } = await import("./k6-engine.ts");
  const path = ctx.env["PATH"] ?? "";
  const version = await chooseK6(ctx, path, engine !== "auto" || script != null);
  if (version == null) return () => embeddedEngine;
  const settings = { version, path, errorShare, script: script == null ? null : resolve(ctx.cwd, script) };
  if (engine !== "k6-cloud") return (target) => createK6Engine(settings, target);
  const [{ createK6CloudEngine }, { isCloudSupported }, { k6Missing }] = await Promise.all([
    import("./k6-cloud-engine.ts"),
    import("../../plan/load/k6-cloud.ts"),
    import("../../tools/load/k6-errors.ts"),
  ]);
  if (!isCloudSupported(version)) throw k6Missing(version);
  return (target) => createK6CloudEngine(settings, ctx.env, target);
}

/** The version of a k6 that can be driven; null when there is none and none is needed. */
async function chooseK6(ctx: CommandContext, path: string, needed: boolean): Promise<string | null> {
  const [{ plainRunner }, { findK6 }, { k6Missing }, { isK6Supported }] = await Promise.all([
    import("./plain-runner.ts"),
    import("../../tools/load/k6.ts"),
    import("../../tools/load/k6-errors.ts"),
    import("../../plan/load/k6-invocation.ts"),
  ]);
  const version = await findK6(await plainRunner(), path);
  if (version != null && isK6Supported(version)) return version;
  if (needed) throw k6Missing(version);
  const text = `k6 ${version} on the PATH is too old: bee's own engine makes the calls`;
  if (version != null) ctx.emit({ type: "note", text });
  return null;
}

function misplaced(flag: string, engine: string, instead: string): BeeError {
  return new BeeError({
    code: "BEE-E772",
    message: `${flag} is not for --engine ${engine}`,
    detail: "nothing was sent",
    hint: `bee loadtest functions ${instead}`,
    exit: exitCodes.usage,
  });
}
