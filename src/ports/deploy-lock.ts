/** Proof of holding the lock. Writers show the token; one that is no longer current is refused (fencing). */
export interface Fence {
  readonly token: number;
}

export interface LockHolder {
  /** `user@host pid N`. */
  readonly holder: string;
  readonly message: string;
  readonly acquiredAt: string;
  readonly heartbeatAt: string;
  readonly expiresAt: string;
  readonly token: number;
  /** By the target's clock. */
  readonly heldForMs: number;
}

export interface Lease extends Fence {
  readonly holder: string;
}

export interface LockRequest {
  readonly holder: string;
  readonly message: string;
  readonly ttlMs: number;
}

/** One lock per target, kept in the target's database so that a laptop and CI exclude each other. */
export interface DeployLock {
  /** The lease, or who holds it. An expired lock, or one whose process is known to be gone, is taken over with a higher token. */
  acquire(request: LockRequest): Promise<{ readonly lease: Lease } | { readonly heldBy: LockHolder }>;
  /** Null when nobody holds it, or its time ran out. */
  read(): Promise<LockHolder | null>;
  /** False when the lease was lost. One that expired is kept as long as nobody took it over. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
  /** Takes the lock away from whoever holds it; the audit trail keeps by whom and why. */
  breakLock(by: string, reason: string): Promise<LockHolder | null>;
}
