import * as z from "zod";
import { readPhase } from "../../config/read-phase.ts";
import type { Report } from "../../output/report.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, targetFlags } from "../flags.ts";
import { openProject, readWork } from "../read-work.ts";
import { planReport } from "./plan-report.ts";

const schema = z.strictObject({ phase: z.string(), ...targetFlags, secrets: z.string().optional() });

/** `bee plan <phase>`: what a deploy would do, by digest. Writes nothing to the target. */
export async function runPlan(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const phase = await readPhase(input.phase);
  const project = await openProject(ctx, input.project);
  const work = await readWork(ctx, project, input.target, input.secrets);
  const target = await ctx.connect(project, input.target);
  try {
    return await planReport("plan", phase, work, target);
  } finally {
    await target.close();
  }
}
