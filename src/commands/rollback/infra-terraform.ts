import { join } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { applyInfrastructure } from "../../engine/apply-infrastructure.ts";
import { lockTtlMs, withLock } from "../../engine/with-lock.ts";
import type { Report } from "../../output/report.ts";
import { type InfrastructurePlan, isUnchanged } from "../../plan/infrastructure.ts";
import { assertLossesNamed } from "../../ports/unnamed-losses.ts";
import { createInvocationRunner } from "../../tools/invocation.ts";
import { createTerraform } from "../../tools/terraform.ts";
import { confirmChange } from "../confirm-target.ts";
import type { CommandContext } from "../context.ts";
import { openProject } from "../read-work.ts";
import { reportError } from "../report-outcome.ts";
import type { InfraInput } from "./infra-flags.ts";

/** The plan's own step (rollback plan, "Infrastructure Rollback"): everything that `deploy_functions` guards is taken away. */
const variables = { deploy_functions: false };

/** Shows terraform's plan and applies exactly that one, under the target's lock and terraform's own. */
export async function takeDown(input: InfraInput, ctx: CommandContext): Promise<Report> {
  const project = await openProject(ctx, input.project);
  const infra = project.config.targets[input.target]?.infra;
  if (infra == null) throw notConfigured(input.target);
  const terraform = createTerraform({
    dir: join(project.root, infra.dir),
    workDir: join(project.root, ".bee/terraform"),
    run: createInvocationRunner({ env: ctx.env }),
    backendConfig: infra.backend,
    signal: ctx.signal,
  });
  const plan = await terraform.plan(variables);
  try {
    const facts = plan.changes.map(({ action, address }) => [action, address] as const);
    const report = (summary: string, rest: Partial<Report> = {}): Report => ({
      command: "rollback infra --terraform",
      exitCode: exitCodes.ok,
      summary,
      facts,
      data: { plan },
      ...rest,
    });
    if (isUnchanged(plan)) return report("nothing to take away: terraform's plan is empty");
    const refusal = findRefusal(plan, input.destroy);
    if (refusal != null) {
      return report("nothing was changed", { exitCode: refusal.exit, error: reportError(refusal) });
    }
    if (input.check) return report("possible; nothing was changed");
    for (const [action, address] of facts) ctx.emit({ type: "note", text: `${action} ${address}` });
    const target = await ctx.connect(project, input.target);
    try {
      await confirmChange(`terraform apply: ${describePlan(plan)}`, target, input, ctx);
      const request = { holder: ctx.actor, message: "bee rollback infra --terraform", ttlMs: lockTtlMs };
      await withLock(target.lock, request, ctx.signal, () =>
        applyInfrastructure(terraform, plan, variables, input.destroy),
      );
      return report(`done, and a new plan is empty: ${describePlan(plan)}`, {
        target: { name: target.name, ref: target.ref, url: target.url },
      });
    } finally {
      await target.close();
    }
  } finally {
    await terraform.discard(plan);
  }
}

/** Such as `destroy 2, update 1`. */
function describePlan({ changes }: InfrastructurePlan): string {
  const counts = new Map<string, number>();
  for (const { action } of changes) counts.set(action, (counts.get(action) ?? 0) + 1);
  if (counts.size === 0) return "outputs only";
  return [...counts].map(([action, count]) => `${action} ${count}`).join(", ");
}

function findRefusal(plan: InfrastructurePlan, named: readonly string[]): BeeError | null {
  try {
    assertLossesNamed(plan, named);
    return null;
  } catch (error) {
    if (error instanceof BeeError) return error;
    throw error;
  }
}

function notConfigured(name: string): BeeError {
  return new BeeError({
    code: "BEE-E852",
    message: `No terraform folder is configured for ${name}`,
    detail: "Nothing was asked or changed.",
    hint: `Add targets.${name}.infra (dir: infra) to bee.config.yaml; see docs/rollback.md.`,
    exit: exitCodes.usage,
  });
}
