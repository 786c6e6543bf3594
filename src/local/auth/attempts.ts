interface Failures {
  count: number;
  since: number;
}

const allowed = 30;
const windowMs = 5 * 60_000;
const maxTracked = 10_000;

/** Counts failed sign-ins per account, so that guessing a password is slow however many sessions try. */
export class FailedAttempts {
  readonly #failures = new Map<string, Failures>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  isBlocked(account: string): boolean {
    const failures = this.#current(account);
    return failures !== undefined && failures.count >= allowed;
  }

  recordFailure(account: string): void {
    const failures = this.#current(account);
    if (failures !== undefined) {
      failures.count += 1;
      return;
    }
    const oldest = this.#failures.size >= maxTracked ? this.#failures.keys().next().value : undefined;
    if (oldest !== undefined) this.#failures.delete(oldest);
    this.#failures.set(account, { count: 1, since: this.#now() });
  }

  recordSuccess(account: string): void {
    this.#failures.delete(account);
  }

  #current(account: string): Failures | undefined {
    const failures = this.#failures.get(account);
    if (failures === undefined || this.#now() - failures.since < windowMs) return failures;
    this.#failures.delete(account);
    return undefined;
  }
}
