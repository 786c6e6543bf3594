import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";

const own = "use bee's own engine: --engine embedded";

/** k6 is needed, and is not there or too old. */
export function k6Missing(version: string | null): BeeError {
  return new BeeError({
    code: "BEE-E865",
    message: version == null ? "There is no k6 on the PATH that runs." : `k6 ${version} is too old.`,
    detail: "nothing was sent",
    hint: `Install k6 0.49 or later (for k6-cloud 0.54), or ${own}`,
    exit: exitCodes.usage,
  });
}

export function noSummary(ended: string, said: string): BeeError {
  return new BeeError({
    code: "BEE-E866",
    message: `${ended}. It left no summary that can be read.`,
    detail: `${said.slice(-1500)}\nnothing was measured`,
    hint: `Mend the script, or ${own}`,
    exit: exitCodes.inconclusive,
  });
}

export function scriptRefused(script: string, exitCode: number, said: string): BeeError {
  return new BeeError({
    code: "BEE-E777",
    message: `k6 does not take ${script} (exit code ${exitCode}).`,
    detail: `${said.trim().slice(-1500)}\nnothing was sent`,
    hint: `Mend the script until k6 inspect takes it, or ${own}`,
    exit: exitCodes.usage,
  });
}

export function scriptUnfit(script: string, why: string): BeeError {
  return new BeeError({
    code: "BEE-E778",
    message: `${script} is not run: ${why}.`,
    detail: "nothing was sent",
    hint: "Give it thresholds and an arrival-rate executor; see docs/loadtest.md. Or use bee's own engine: --engine embedded",
    exit: exitCodes.usage,
  });
}
