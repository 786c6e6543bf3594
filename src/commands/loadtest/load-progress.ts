import type { LoadPlan } from "../../plan/load/result.ts";
import type { LoadSecond } from "../../plan/load/stop-rule.ts";
import type { CommandContext } from "../context.ts";

/** Notes with rate, p95 and errors, twenty in a run at most, every second in a short one. */
export function createLoadProgress(
  ctx: CommandContext,
  plan: LoadPlan,
): (second: LoadSecond, elapsedMs: number) => void {
  const everyMs = Math.max(1000, plan.durationMs / 20);
  let told = 0;
  let ended = 0;
  let failed = 0;
  return (second, elapsedMs) => {
    ended += second.ended;
    failed += second.failed;
    if (elapsedMs - told < everyMs * 0.95) return;
    const seconds = (elapsedMs - told) / 1000;
    told = elapsedMs;
    const flying = second.inFlight > 0 ? `, ${second.inFlight} in flight` : "";
    const text = `${Math.round(elapsedMs / 1000)} of ${plan.durationMs / 1000} s: ${(ended / seconds).toFixed(1)}/s, ${second.figure ?? "p95"} ${second.p95.toFixed(0)} ms, ${failed} failed${flying}`;
    ctx.emit({ type: "note", text });
    ended = 0;
    failed = 0;
  };
}
