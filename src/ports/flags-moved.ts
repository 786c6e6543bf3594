import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { describeFlag, type FlagChange, type FlagState } from "../plan/app-flag.ts";

/** What every adapter throws when somebody else switched a flag since it was read. */
export function flagMoved({ key, from }: FlagChange, found: FlagState | null): BeeError {
  return new BeeError({
    code: "BEE-E825",
    message: `The flag ${key} was changed by somebody else`,
    detail: `expected ${describeFlag(from)}\nfound ${describeFlag(found)}\nNothing was changed.`,
    hint: "Run the same command again: it plans from what is there now.",
    exit: exitCodes.stale,
  });
}
