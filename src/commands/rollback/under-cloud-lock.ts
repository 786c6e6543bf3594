import { fenceTraffic } from "../../engine/pin-services.ts";
import { lockTtlMs, withLock } from "../../engine/with-lock.ts";
import type { Lease } from "../../ports/deploy-lock.ts";
import { lockLost } from "../../ports/lock-lost.ts";
import type { CommandContext } from "../context.ts";
import type { Target, TargetCloud } from "../target.ts";

/** The target's deploy lock; writes to Cloud Run ask first whether it is still held. */
export async function underCloudLock<T>(
  { target, ctx }: { readonly target: Target; readonly ctx: CommandContext },
  message: string,
  work: (lease: Lease, signal: AbortSignal, traffic: ReturnType<TargetCloud["openTraffic"]>) => Promise<T>,
): Promise<T> {
  const request = { holder: ctx.actor, message, ttlMs: lockTtlMs };
  const { cloud, lock } = target;
  if (cloud == null) throw new Error("there is no cloud to lock");
  return withLock(lock, request, ctx.signal, (lease, signal) => {
    const traffic = fenceTraffic(cloud.openTraffic(), async () => {
      if (!(await lock.renew(lease, lockTtlMs))) throw lockLost();
    });
    return work(lease, signal, traffic);
  });
}
