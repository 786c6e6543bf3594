import { exitCodes } from "../../core/exit-code.ts";
import { assemble } from "../../engine/deploy.ts";
import { renderPlan } from "../../output/render-plan.ts";
import type { Report } from "../../output/report.ts";
import type { Phase } from "../../plan/phase.ts";
import { steps } from "../../steps/index.ts";
import { readDeployView } from "../read-view.ts";
import type { Work } from "../read-work.ts";
import type { Target } from "../target.ts";

/** The same plan a deploy would apply, shown and not applied. */
export async function planReport(command: string, phase: Phase, work: Work, target: Target): Promise<Report> {
  const view = await readDeployView(target, work);
  const own = steps.filter(({ id }) => phase.steps.includes(id));
  const plan = assemble({ phase, targetName: target.name, steps: own }, view);
  return {
    command,
    target: { name: target.name, ref: target.ref, url: target.url },
    exitCode: exitCodes.ok,
    summary: plan.pending ? `plan ${plan.digest.slice(0, 12)}; nothing was changed` : "nothing to do",
    steps: plan.steps.map(({ id, title, change }) => ({
      id,
      title,
      change,
      status: change == null ? "unchanged" : "planned",
      durationMs: 0,
    })),
    plan,
    text: renderPlan(plan),
    ...(plan.pending ? { next: [`bee deploy ${plan.phase} --target ${target.name}`] } : {}),
  };
}
