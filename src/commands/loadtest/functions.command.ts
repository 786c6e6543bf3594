import { basename } from "node:path";
import * as z from "zod";
import type { Project } from "../../config/find-project.ts";
import type { Report } from "../../output/report.ts";
import { assemblePlan } from "../../plan/load/assemble-plan.ts";
import { judgeLoad } from "../../plan/load/judge-load.ts";
import type { LoadPlan } from "../../plan/load/result.ts";
import { countUsers, scenarios } from "../../plan/load/scenario.ts";
import { mostShards } from "../../plan/load/shard.ts";
import type { LoadThresholds } from "../../plan/load/thresholds.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import { agreeOnLoad } from "./agree-on-load.ts";
import { chooseEngine, engines } from "./choose-engine.ts";
import { assertRails, durationOf, loadFlags, preparePage, warmUpOf } from "./load-flags.ts";
import { readLimits } from "./load-limits.ts";
import { endLoad } from "./load-report.ts";
import { offerFunctions } from "./offer-functions.ts";
import { readColdStarts } from "./read-cold-starts.ts";
import { withTenant } from "./tenant.ts";

const schema = z.strictObject({
  ...loadFlags,
  scenario: z.enum(scenarios).default("momentum-calculator"),
  engine: z.enum(engines).default("auto"),
  script: z.string().min(1).optional(),
  emit: z.enum(["k6-operator"]).optional(),
  image: z.string().optional(),
  shards: z.coerce.number().int().min(1).max(mostShards).optional(),
});

type Input = z.infer<typeof schema>;

/** `bee loadtest functions`: calls as the app's users make them, at fixed times, judged by the success metrics. */
export async function runLoadFunctions(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const project = await openProject(ctx, input.project);
  const page = await preparePage(input.page, ctx.cwd);
  const limits = await readLimits("functions-p95");
  if (input.emit != null) return emit(input, limits, project, ctx);
  const openEngine = await chooseEngine({ ...input, errorShare: limits.errorShare }, ctx);
  const target = await ctx.connect(project, input.target);
  try {
    ctx.emit({ type: "target", name: target.name, ref: target.ref, url: target.url });
    const engine = openEngine(target);
    const asked = planOf(input, limits.limitMs);
    const plan = (await engine.check?.(asked)) ?? asked;
    const users = countUsers(plan.planned, plan.durationMs);
    const more = engine.estimate(plan);
    const estimate = `send about ${plan.planned} calls within ${plan.durationMs / 1000} s, at most ${plan.rate} per second, as ${users} synthetic users, after ${plan.warmUpMs / 1000} s of warm-up${more === "" ? "" : `, ${more}`}`;
    const where = `; the host is ${new URL(target.url).host}`;
    const release = await agreeOnLoad({ ctx, target, input, plan, estimate, where });
    const { value: offered, left } = await withTenant(ctx, target, users, (tenant, signal) =>
      offerFunctions({ ctx, target, plan, scenario: input.scenario, engine, tenant, signal }),
    );
    const { result, judgement = judgeLoad(result, limits) } = offered;
    const cold = await readColdStarts(target);
    return await endLoad({
      ctx,
      target,
      release,
      result,
      judgement,
      left,
      page,
      ...(cold == null ? {} : { facts: [["cold starts", cold.text]], more: { coldStarts: cold } }),
    });
  } finally {
    await target.close();
  }
}

/** Others will run it: the same load and rails, but nothing is sent. */
async function emit(
  input: Input,
  { limitMs, errorShare }: LoadThresholds,
  project: Project,
  ctx: CommandContext,
): Promise<Report> {
  const target = await ctx.connect(project, input.target);
  try {
    const plan = planOf(input, limitMs);
    assertRails(target, input, plan);
    const { emitManifest } = await import("./emit-manifest.ts");
    const { shards = 2, image, script } = input;
    return await emitManifest({ ctx, target, plan, shards, image, script, errorShare });
  } finally {
    await target.close();
  }
}

function planOf(input: Input, limitMs: number): LoadPlan {
  const durationMs = durationOf(input);
  const { rate, profile, script } = input;
  const scenario = script == null ? input.scenario : basename(script);
  const warmUpMs = warmUpOf(durationMs);
  return assemblePlan({ what: "functions", scenario, profile, rate, durationMs, warmUpMs, limitMs });
}
