import { decideNotifications } from "../../../src/core/notifications/decide-notifications.ts";
import type { CoachIntervention, Decision } from "../../../src/core/notifications/notification.ts";
import type { Candidate, Device } from "./candidates.ts";
import type { Tally } from "./tally.ts";

/** A notification to be claimed and then sent to every device of its user. */
export interface Outgoing {
  readonly id: string;
  readonly userId: string;
  readonly decision: Decision;
  readonly devices: readonly Device[];
}

export interface Scheduled {
  readonly userId: string;
  readonly intervention: CoachIntervention;
}

export interface Decided {
  readonly outgoing: readonly Outgoing[];
  readonly scheduled: readonly Scheduled[];
}

/** Decides for each candidate and counts, with the reason, what is not to be sent. */
export function decideAll(
  candidates: readonly Candidate[],
  nowMs: number,
  newId: () => string,
  tally: Tally,
): Decided {
  const outgoing: Outgoing[] = [];
  const scheduled: Scheduled[] = [];
  for (const candidate of candidates) {
    const { userId, devices } = candidate;
    const { due, limited, deferred, intervention } = decideNotifications({ nowMs, ...candidate });
    if (intervention !== null) scheduled.push({ userId, intervention });
    for (const { reason } of limited) tally.because("limited", reason);
    for (const decision of due) {
      if (!candidate.wantsNotifications) {
        tally.because("limited", "switched-off");
        continue;
      }
      tally.add("due");
      if (devices.length === 0) tally.because("unreachable", "no-active-token");
      else outgoing.push({ id: newId(), userId, decision, devices });
    }
    for (const _ of deferred) tally.because("deferred", "quiet-hours");
  }
  return { outgoing, scheduled };
}
