import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { ResourceChange } from "../../plan/infrastructure.ts";
import type { Infrastructure, InfrastructurePlan, InfrastructureVariables } from "../infrastructure.ts";
import { assertLossesNamed } from "../unnamed-losses.ts";

export interface MemoryInfrastructure extends Infrastructure {
  readonly state: { readonly resources: Set<string>; readonly saved: Set<string> };
}

/** Resources are addresses; `wanted` says which the variables call for. */
export function createMemoryInfrastructure(
  wanted: (variables: InfrastructureVariables) => readonly string[],
): MemoryInfrastructure {
  const resources = new Set<string>();
  const saved = new Set<string>();
  let plans = 0;
  return {
    state: { resources, saved },
    async plan(variables) {
      const target = wanted(variables);
      const changes: readonly ResourceChange[] = [
        ...target
          .filter((address) => !resources.has(address))
          .map((address) => ({ address, action: "create" as const, reason: null })),
        ...[...resources]
          .filter((address) => !target.includes(address))
          .map((address) => ({ address, action: "destroy" as const, reason: null })),
      ];
      const plan: InfrastructurePlan = { digest: `plan ${++plans}`, changes, outputsChange: false };
      saved.add(plan.digest);
      return plan;
    },
    async apply(plan, named) {
      assertLossesNamed(plan, named);
      if (!saved.delete(plan.digest)) {
        throw new BeeError({
          code: "BEE-E816",
          message: "The saved plan is not there any more",
          exit: exitCodes.stale,
        });
      }
      for (const { address, action } of plan.changes) {
        if (action === "destroy") resources.delete(address);
        else resources.add(address);
      }
    },
    async discard({ digest }) {
      saved.delete(digest);
    },
  };
}
