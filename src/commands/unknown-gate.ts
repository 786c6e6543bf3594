import { readChecklists } from "../config/read-checklists.ts";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { nearest } from "../core/nearest.ts";
import { gates } from "../gates/index.ts";

/** `more`: finding keys that would have been found as well. */
export async function unknownGate(id: string, more: readonly string[]): Promise<BeeError> {
  const gateIds = gates.map((gate) => gate.id);
  const lines = (await readChecklists(gateIds)).flatMap((checklist) =>
    checklist.lines.map((line) => line.id),
  );
  const near = nearest(id, [...gateIds, ...lines, ...more]);
  const findings = more.length === 0 ? "" : `; findings of late: ${more.slice(0, 20).join(", ")}`;
  return new BeeError({
    code: "BEE-E114",
    message: `There is no gate, line or finding "${id}".`,
    detail: `gates and lines: docs/gates.md${findings}; nothing was recorded`,
    hint:
      near == null
        ? "A finding's key is printed behind it by bee verify, and by bee audit --target."
        : `Did you mean: ${near}`,
    exit: exitCodes.usage,
  });
}
