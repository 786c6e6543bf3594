import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { type InfrastructurePlan, isUnchanged } from "../plan/infrastructure.ts";
import type { Infrastructure, InfrastructureVariables } from "../ports/infrastructure.ts";

/** Applies the plan that was shown and plans again: what is still to be changed was not done. */
export async function applyInfrastructure(
  infrastructure: Infrastructure,
  plan: InfrastructurePlan,
  variables: InfrastructureVariables,
  named: readonly string[],
): Promise<void> {
  if (isUnchanged(plan)) return infrastructure.discard(plan);
  await infrastructure.apply(plan, named);
  const left = await infrastructure.plan(variables);
  await infrastructure.discard(left);
  if (isUnchanged(left)) return;
  throw new BeeError({
    code: "BEE-E819",
    message: "Terraform says it is done, but a new plan still has changes",
    detail: left.changes.map(({ action, address }) => `${action} ${address}`).join("\n"),
    hint: "Run the same command again; if it stays so, the configuration and the cloud disagree.",
    exit: exitCodes.partial,
  });
}
