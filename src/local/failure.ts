import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";

/** What programs and node say when a disk or a quota is used up. */
export function isDiskFull(text: string): boolean {
  return /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/.test(text);
}

export function diskFull(dir: string, detail: string): BeeError {
  return new BeeError({
    code: "BEE-E404",
    message: `no space left on the disk of ${dir}`,
    detail,
    hint: "Free some space (a local platform wants about 150 MB), then run the command again. Nothing was lost.",
    exit: exitCodes.bug,
  });
}

export function corruptData(path: string, detail: string): BeeError {
  return new BeeError({
    code: "BEE-E405",
    message: `the local platform's files are damaged: ${path}`,
    detail,
    hint: "Run `bee local reset` to start over; this deletes the local database.",
    exit: exitCodes.usage,
  });
}
