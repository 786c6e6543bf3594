import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { findUnnamedLosses, type InfrastructurePlan } from "../plan/infrastructure.ts";

/** Throws BEE-E815: every adapter refuses the same plans. */
export function assertLossesNamed(plan: InfrastructurePlan, named: readonly string[]): void {
  const unnamed = findUnnamedLosses(plan, named);
  if (unnamed.length === 0) return;
  const action = new Map(plan.changes.map((change) => [change.address, change.action]));
  throw new BeeError({
    code: "BEE-E815",
    message: `The plan takes away ${unnamed.length === 1 ? "a resource" : `${unnamed.length} resources`} that nobody named`,
    detail: [...unnamed.map((address) => `${action.get(address)} ${address}`), "Nothing was changed."].join(
      "\n",
    ),
    hint: `If that is meant: ${unnamed.map((address) => `--destroy '${address}'`).join(" ")}`,
    exit: exitCodes.refused,
  });
}
