import type { DeployLock, Fence, LockHolder } from "../deploy-lock.ts";

interface MemoryDeployLock extends DeployLock {
  readonly state: { held: LockHolder | null; lastToken: number; readonly audit: string[] };
  /** What the writers of the same target ask before they write. */
  isCurrent(fence: Fence): boolean;
}

/** The lock in memory; `now` is the target's clock in milliseconds. */
export function createMemoryDeployLock(now: () => number = Date.now): MemoryDeployLock {
  const state: MemoryDeployLock["state"] = { held: null, lastToken: 0, audit: [] };
  const live = () => (state.held != null && Date.parse(state.held.expiresAt) > now() ? state.held : null);
  // Expired but not taken over is still current: nobody else may write yet.
  const isCurrent = (fence: Fence) => state.held?.token === fence.token;
  const readLive = (): LockHolder | null => {
    const held = live();
    return held == null ? null : { ...held, heldForMs: now() - Date.parse(held.acquiredAt) };
  };
  const at = (offsetMs = 0) => new Date(now() + offsetMs).toISOString();
  return {
    state,
    isCurrent,
    async acquire({ holder, message, ttlMs }) {
      const heldBy = readLive();
      if (heldBy != null) return { heldBy };
      state.lastToken += 1;
      const token = state.lastToken;
      const taken = { holder, message, acquiredAt: at(), heartbeatAt: at(), expiresAt: at(ttlMs), token };
      state.held = { ...taken, heldForMs: 0 };
      state.audit.push(`acquired ${token} ${holder}`);
      return { lease: { token, holder } };
    },
    async read() {
      return readLive();
    },
    async renew(lease, ttlMs) {
      const { held } = state;
      if (held?.token !== lease.token) return false;
      state.held = { ...held, heartbeatAt: at(), expiresAt: at(ttlMs) };
      return true;
    },
    async release(lease) {
      if (state.held?.token !== lease.token) return;
      state.held = null;
      state.audit.push(`released ${lease.token} ${lease.holder}`);
    },
    async breakLock(by, reason) {
      const held = readLive();
      state.held = null;
      if (held != null) state.audit.push(`broken ${held.token} by ${by}: ${reason}`);
      return held;
    },
  };
}
