import type { Plan } from "../plan/plan.ts";
import type { GateResult } from "../plan/run-event.ts";
import type { GateContext } from "../ports/gate.ts";
import type { DeployInput } from "./deploy-input.ts";
import { runGates } from "./run-gates.ts";
import type { StepBarrier } from "./step-barrier.ts";

/** Each gate as soon as the steps it needs have ended well; one whose steps never do is not asked. */
export async function askAfter(
  { gates, emit, clock, policy }: Pick<DeployInput, "gates" | "emit" | "clock" | "policy">,
  plan: Plan,
  context: GateContext,
  barrier: StepBarrier,
): Promise<readonly GateResult[]> {
  const all = plan.steps.map(({ id }) => id);
  const activated = (): Promise<void> => barrier.ended(all);
  const asked = plan.gatesAfter.map(async (id) => {
    const gate = gates.find((candidate) => candidate.id === id);
    if (gate == null) throw new Error(`The phase names a gate that does not exist: ${id}`);
    const reached = await barrier.ended((gate.after ?? all).filter((step) => all.includes(step))).then(
      () => true,
      () => false,
    );
    return reached
      ? runGates({ gates: [gate], context: { ...context, activated }, emit, clock, policy })
      : [];
  });
  return (await Promise.all(asked)).flat();
}
