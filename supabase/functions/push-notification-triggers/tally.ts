/** What a run did. due = sent + failed + lost + unreachable + overtaken; the rest was not to be sent now. */
interface Counts {
  due: number;
  /** Accepted by FCM for at least one device, which is not yet delivered. */
  sent: number;
  /** Held back by quiet hours; decided anew later. */
  deferred: number;
  /** Past a limit of the user, or switched off by them. */
  limited: number;
  failed: number;
  /** Sent without an answer: it may have arrived, so it is not sent again. */
  lost: number;
  /** The user has no active device. */
  unreachable: number;
  /** A run at the same time had claimed the user. */
  overtaken: number;
  interventions: number;
  tokens_deactivated: number;
  users_examined: number;
}

export class Tally {
  readonly counts: Counts = {
    due: 0,
    sent: 0,
    deferred: 0,
    limited: 0,
    failed: 0,
    lost: 0,
    unreachable: 0,
    overtaken: 0,
    interventions: 0,
    tokens_deactivated: 0,
    users_examined: 0,
  };
  readonly #reasons = new Map<string, number>();

  add(kind: keyof Counts, number = 1): void {
    this.counts[kind] += number;
  }

  /** `reason` is a code of ours or FCM's. */
  because(kind: keyof Counts, reason: string): void {
    this.counts[kind] += 1;
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
  }

  get reasons(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#reasons].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
