import * as z from "zod";
import type { Report } from "../../output/report.ts";
import { judgeLoad } from "../../plan/load/judge-load.ts";
import type { LoadPlan } from "../../plan/load/result.ts";
import { countUsers, scenarios } from "../../plan/load/scenario.ts";
import { assembleStages, countArrivals } from "../../plan/load/schedule.ts";
import { confirmChange } from "../confirm-target.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import { chooseEngine } from "./choose-engine.ts";
import { assertRails, durationOf, loadFlags, preparePage, warmUpOf } from "./load-flags.ts";
import { readLimits, readReleaseId } from "./load-limits.ts";
import { endLoad } from "./load-report.ts";
import { offerFunctions } from "./offer-functions.ts";
import { readColdStarts } from "./read-cold-starts.ts";
import { withTenant } from "./tenant.ts";

const schema = z.strictObject({
  ...loadFlags,
  scenario: z.enum(scenarios).default("momentum-calculator"),
  engine: z.enum(["embedded", "k6", "auto"]).default("auto"),
});

type Input = z.infer<typeof schema>;

/** `bee loadtest functions`: calls as the app's users make them, at fixed times, judged by the success metrics. */
export async function runLoadFunctions(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const project = await openProject(ctx, input.project);
  const page = await preparePage(input.page, ctx.cwd);
  const limits = await readLimits("functions-p95");
  const engine = await chooseEngine(input.engine, ctx);
  const target = await ctx.connect(project, input.target);
  try {
    ctx.emit({ type: "target", name: target.name, ref: target.ref, url: target.url });
    const plan = assemblePlan(input, limits.limitMs);
    assertRails(target, input, plan.durationMs);
    const users = countUsers(plan.planned, plan.durationMs);
    const estimate = `send about ${plan.planned} calls within ${plan.durationMs / 1000} s, at most ${plan.rate} per second, as ${users} synthetic users, after ${plan.warmUpMs / 1000} s of warm-up`;
    ctx.emit({ type: "note", text: `about to ${estimate} to ${new URL(target.url).host}` });
    await confirmChange(estimate, target, input, ctx);
    const release = await readReleaseId(target);
    const { value: result, left } = await withTenant(ctx, target, users, (tenant, signal) =>
      offerFunctions({ ctx, target, plan, scenario: input.scenario, engine, tenant, signal }),
    );
    const judgement = judgeLoad(result, limits);
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

function assemblePlan(input: Input, limitMs: number): LoadPlan {
  const durationMs = durationOf(input);
  const { rate, profile, scenario } = input;
  const planned = countArrivals(assembleStages(profile, rate, durationMs));
  return {
    what: "functions",
    scenario,
    profile,
    rate,
    durationMs,
    warmUpMs: warmUpOf(durationMs),
    limitMs,
    planned,
  };
}
