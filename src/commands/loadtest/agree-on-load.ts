import type { LoadPlan } from "../../plan/load/result.ts";
import { confirmChange } from "../confirm-target.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";
import { assertRails, type ProbeFlags } from "./load-flags.ts";
import { readReleaseId } from "./load-limits.ts";

interface Agreement {
  readonly ctx: CommandContext;
  readonly target: Target;
  readonly input: ProbeFlags;
  readonly plan: LoadPlan;
  /** What the person agrees to: `send about 300 calls …`. */
  readonly estimate: string;
  /** Added where it is told, not where it is asked. */
  readonly where?: string;
}

/** Keeps to the rails, tells what is about to be sent and asks for it. Answers the release that is put under load. */
export async function agreeOnLoad({
  ctx,
  target,
  input,
  plan,
  estimate,
  where = "",
}: Agreement): Promise<string> {
  assertRails(target, input, plan);
  ctx.emit({ type: "note", text: `about to ${estimate}${where}` });
  await confirmChange(estimate, target, input, ctx);
  return readReleaseId(target);
}
