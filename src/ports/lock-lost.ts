import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";

/** What every writer throws when its fence is no longer the current one; nothing was written then. */
export function lockLost(cause?: unknown): BeeError {
  return new BeeError({
    code: "BEE-E550",
    message: "The deploy lock was lost: it expired, was taken over or was broken",
    detail: "The write was refused by the database; nothing of it is left.",
    hint: "bee lock status",
    exit: exitCodes.locked,
    cause,
  });
}
