import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Release } from "../plan/release.ts";

export function unknownRelease(id: string, releases: readonly Release[]): BeeError {
  const ids = releases.map((release) => release.id).join(", ");
  return new BeeError({
    code: "BEE-E521",
    message: `There is no release ${id} in the ledger, or it was pruned.`,
    detail: `${ids === "" ? "there are no releases" : `releases: ${ids}`}; nothing was changed`,
    hint: "See: bee releases",
    exit: exitCodes.usage,
  });
}
