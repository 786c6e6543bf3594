import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { Target } from "../target.ts";

/** Throws BEE-E771 when the load would come from somewhere that does not reach this machine. */
export function assertReachable({ name, url }: Target, from: string, onLoopback: boolean): void {
  const { hostname } = new URL(url);
  if (onLoopback || !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return;
  throw new BeeError({
    code: "BEE-E771",
    message: `${from} does not reach ${name}, which is at ${hostname}`,
    detail: "nothing was sent",
    hint: "Use --engine embedded, or another target: --target staging",
    exit: exitCodes.usage,
  });
}
