import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { renderManifest } from "../../output/k6-manifest.ts";
import type { Report } from "../../output/report.ts";
import { inFlightLimitOf } from "../../plan/load/assemble-plan.ts";
import { mostSourceBytes, type OperatorRun } from "../../plan/load/k6-operator.ts";
import type { LoadPlan } from "../../plan/load/result.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";
import { describeScript } from "./k6-engine.ts";
import { assertReachable } from "./reach.ts";

export interface Emission {
  readonly ctx: CommandContext;
  readonly target: Target;
  readonly plan: LoadPlan;
  readonly shards: number;
  readonly image: string | undefined;
  readonly script: string | undefined;
  readonly errorShare: number;
}

/** What others are to run: nothing is sent, and nothing but the manifest stands on stdout. */
export async function emitManifest({ ctx, target, plan, shards, ...asked }: Emission): Promise<Report> {
  assertReachable(target, "A cluster", false);
  const { bundleScript } = await import("../../tools/load/bundle-script.ts");
  const own = asked.script == null ? null : resolve(ctx.cwd, asked.script);
  const run = randomBytes(4).toString("hex");
  const inFlightLimit = inFlightLimitOf(plan);
  const settings = describeScript({ script: own, errorShare: asked.errorShare }, target, plan, {
    publishableKey: "",
    run,
    inFlightLimit,
  });
  const source = await bundleScript(settings.script);
  if (Buffer.byteLength(source) > mostSourceBytes) throw tooLarge(settings.script, Buffer.byteLength(source));
  const operator: OperatorRun = {
    name: `bee-load-${run}`,
    image: demandImage(asked.image),
    parallelism: shards,
    settings,
    source,
  };
  const manifest = renderManifest(operator);
  return {
    command: "loadtest functions --emit k6-operator",
    exitCode: exitCodes.ok,
    summary: "",
    text: manifest.trimEnd(),
    data: { manifest },
  };
}

/** By digest, so that what runs is what was looked at. */
function demandImage(image: string | undefined): string {
  if (image != null && /^[\w./:-]+@sha256:[0-9a-f]{64}$/.test(image)) return image;
  throw new BeeError({
    code: "BEE-E781",
    message:
      image == null
        ? "--emit k6-operator needs an image of k6"
        : `--image ${image} is not named by its digest`,
    detail: "nothing was written",
    hint: "--image grafana/k6@sha256:… (docker buildx imagetools inspect grafana/k6:2.2.0 tells the digest)",
    exit: exitCodes.usage,
  });
}

function tooLarge(script: string, bytes: number): BeeError {
  return new BeeError({
    code: "BEE-E782",
    message: `${script} has ${bytes} bytes with all it imports, more than a ConfigMap holds`,
    detail: "nothing was written",
    hint: "Import less, or put the script on a volume and edit the manifest: spec.script.volumeClaim",
    exit: exitCodes.usage,
  });
}
