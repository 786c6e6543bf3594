import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Plan } from "../plan/plan.ts";
import type { CommandContext } from "./context.ts";
import type { Target } from "./target.ts";

export interface Consent {
  readonly yes: boolean;
  readonly confirm?: string | undefined;
}

/** Asks for what a plan will do. */
export async function confirmTarget(
  plan: Plan,
  target: Target,
  consent: Consent,
  ctx: CommandContext,
): Promise<void> {
  const changes = plan.steps.flatMap(({ change }) => (change == null ? [] : [change.summary])).join("; ");
  return confirmChange(changes || "measure and record the release", target, consent, ctx);
}

/**
 * Local: nothing to ask. Staging: --yes or y. A guarded target: its ref, typed or as --confirm <ref>; --yes alone
 * never suffices. Nothing defaults to yes, and without a terminal a missing answer is an error.
 */
export async function confirmChange(
  change: string,
  target: Target,
  consent: Consent,
  ctx: CommandContext,
): Promise<void> {
  if (target.name === "local") return;
  const asked = `${change} on ${target.name} (${target.ref})`;
  if (target.guarded) {
    if (consent.confirm === target.ref) return;
    if (consent.confirm != null)
      throw refused(`--confirm ${consent.confirm} is not the ref of ${target.name}`, target);
    if (!ctx.interactive) throw refused(`${target.name} needs its ref`, target);
    const answer = await ctx.ask(`${asked}\nType the project ref to go on: `);
    if (answer.trim() !== target.ref) throw refused("the ref was not typed", target);
    return;
  }
  if (consent.yes || consent.confirm === target.ref) return;
  if (!ctx.interactive) throw refused(`${target.name} needs consent`, target);
  const answer = await ctx.ask(`${asked}\nGo on? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw refused("not agreed to", target);
}

function refused(why: string, target: Target): BeeError {
  return new BeeError({
    code: "BEE-E106",
    message: `Not confirmed: ${why}.`,
    detail: "nothing was changed",
    hint: target.guarded ? "Add --confirm <project ref>." : "Add --yes.",
    exit: exitCodes.usage,
  });
}
