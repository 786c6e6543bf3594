import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { DeployLock, Lease, LockHolder, LockRequest } from "../ports/deploy-lock.ts";
import { lockLost } from "../ports/lock-lost.ts";

/** A holder that is not heard of for this long has lost the lock. */
export const lockTtlMs = 60_000;

/**
 * Holds the target's lock while `work` runs, renewing it three times per TTL. When the lease is lost the
 * signal handed to `work` aborts with that as its reason; its writes would be refused by the fence anyway.
 * A lock that cannot be given back is told to `note`: it runs out by itself, and what was done stays done.
 */
export async function withLock<T>(
  lock: DeployLock,
  request: LockRequest,
  outer: AbortSignal,
  work: (lease: Lease, signal: AbortSignal) => Promise<T>,
  note: (text: string) => void = () => undefined,
): Promise<T> {
  const answer = await lock.acquire(request);
  if ("heldBy" in answer) throw lockHeld(answer.heldBy);
  const { lease } = answer;
  const lost = new AbortController();
  const heartbeat = setInterval(() => {
    lock.renew(lease, request.ttlMs).then(
      (held) => {
        if (!held) lost.abort(lockLost());
      },
      () => undefined,
    );
  }, request.ttlMs / 3);
  try {
    return await work(lease, AbortSignal.any([outer, lost.signal]));
  } finally {
    clearInterval(heartbeat);
    await lock.release(lease).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      note(`the lock could not be given back; it runs out within ${request.ttlMs / 1000} s (${why})`);
    });
  }
}

function lockHeld(holder: LockHolder): BeeError {
  return new BeeError({
    code: "BEE-E501",
    message: `The target is locked by ${holder.holder}: ${holder.message}`,
    detail: `held for ${Math.round(holder.heldForMs / 1000)} s, last heartbeat ${holder.heartbeatAt}, expires ${holder.expiresAt} unless renewed; nothing was changed`,
    hint: "Wait for it, or look with: bee lock status. If its process is gone: bee lock release --reason TEXT",
    exit: exitCodes.locked,
  });
}
