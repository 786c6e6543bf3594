import { readChecklists } from "../config/read-checklists.ts";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { allGates } from "../engine/attestation-gate.ts";
import { describeGate } from "../engine/verdict-policy.ts";
import { gates } from "../gates/index.ts";
import { gateOf } from "../plan/checklist.ts";
import { endOfDay } from "../plan/exception.ts";
import { gateScope, releasedSubject, wantedSubject } from "../plan/scope.ts";
import type { Gate } from "../ports/gate.ts";
import type { CommandContext } from "./context.ts";
import type { Work } from "./read-work.ts";
import type { Target } from "./target.ts";

const day = 24 * 60 * 60 * 1000;
const longestDays = 366;

/** Refuses a day that is over, or more than a year ahead: nothing is excepted for ever. */
export function assertExpiry(expires: string, ctx: CommandContext): void {
  const end = endOfDay(expires);
  const now = ctx.clock.now();
  const why =
    end < now ? "that day is over" : end - now > longestDays * day ? "that is more than a year ahead" : null;
  if (why == null) return;
  throw new BeeError({
    code: "BEE-E112",
    message: `--expires ${expires}: ${why}.`,
    detail: "nothing was recorded",
    hint: "Name a day within a year: --expires YYYY-MM-DD",
    exit: exitCodes.usage,
  });
}

/** A gate by its id or by the id of a line it answers, with its line; null when there is none. */
export async function findGate(id: string): Promise<{
  readonly gate: Gate;
  readonly described: ReturnType<typeof describeGate>;
} | null> {
  const checklists = await readChecklists(gates.map((gate) => gate.id));
  const all = allGates(gates, checklists, { policy: async (_gate, verdict) => verdict, byName: true });
  const line = checklists.flatMap(({ lines }) => lines).find((one) => one.id === id);
  const gate = all.find((one) => one.id === (line == null ? id : gateOf(line)));
  return gate == null ? null : { gate, described: describeGate(gate, checklists) };
}

/** What an exception for a gate is bound to: what the files here make. Says so when that is not what is live. */
export async function readGateScope(
  described: ReturnType<typeof describeGate>,
  work: Work,
  target: Target,
  ctx: CommandContext,
): Promise<string> {
  const [release] = await target.ports.ledger.readReleases(1);
  const wanted = wantedSubject(work);
  const scope = gateScope(described, wanted);
  if (release != null && gateScope(described, releasedSubject(release)) !== scope) {
    ctx.emit({
      type: "note",
      text: `given for the files here, which are not what is live (${release.id}): it counts once they are deployed`,
    });
  }
  return scope;
}
