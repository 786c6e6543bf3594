import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { DeployLock, Lease, LockHolder, LockRequest } from "../ports/deploy-lock.ts";

/**
 * Holds the target's lock while `work` runs, renewing it three times per TTL. When the lease is lost the
 * signal handed to `work` aborts; its writes would be refused by the fence anyway.
 */
export async function withLock<T>(
  lock: DeployLock,
  request: LockRequest,
  outer: AbortSignal,
  work: (lease: Lease, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const answer = await lock.acquire(request);
  if ("heldBy" in answer) throw lockHeld(answer.heldBy);
  const { lease } = answer;
  const lost = new AbortController();
  const heartbeat = setInterval(() => {
    lock.renew(lease, request.ttlMs).then(
      (held) => {
        if (!held) lost.abort();
      },
      () => undefined,
    );
  }, request.ttlMs / 3);
  try {
    return await work(lease, AbortSignal.any([outer, lost.signal]));
  } finally {
    clearInterval(heartbeat);
    await lock.release(lease);
  }
}

function lockHeld(holder: LockHolder): BeeError {
  const age = Math.max(
    0,
    Math.round((Date.parse(holder.heartbeatAt) - Date.parse(holder.acquiredAt)) / 1000),
  );
  return new BeeError({
    code: "BEE-E501",
    message: `The target is locked by ${holder.holder}: ${holder.message}`,
    detail: `held for ${age} s, last heartbeat ${holder.heartbeatAt}, expires ${holder.expiresAt} unless renewed; nothing was changed`,
    hint: "Wait for it, or look with: bee lock status. If its process is gone: bee lock release --reason TEXT",
    exit: exitCodes.locked,
  });
}
