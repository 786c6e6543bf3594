import { isSurelyOver } from "./measurement.ts";

/** Requests of one slot of time. */
export interface Slot {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly total: number;
  readonly failed: number;
}

/** 99.9 % over 30 days: 43.2 minutes may be lost. */
export const availability = { budget: 0.001, budgetMinutes: 43.2, days: 30 } as const;

/** Two windows at once: the long one says that it matters, the short one that it goes on (SRE workbook, chapter 5). */
const alerts = [
  { longMs: 3_600_000, shortMs: 300_000, burn: 14.4 },
  { longMs: 6 * 3_600_000, shortMs: 30 * 60_000, burn: 6 },
] as const;

export interface Burning {
  /** How many times faster than allowed, in both windows. */
  readonly long: number;
  readonly short: number;
  readonly text: string;
}

/** The alert that is on at `now`, null when none is. A few requests do not burn: the long window must show it at 95 %. */
export function findBurning(slots: readonly Slot[], now: number): Burning | null {
  for (const { longMs, shortMs, burn } of alerts) {
    const [long, short] = [longMs, shortMs].map((ms) => sumSlots(slots, now - ms, now));
    if (long == null || short == null) continue;
    const limit = burn * availability.budget;
    const sure = isSurelyOver(long.failed, long.total, limit);
    const rates = { long: burnOf(long), short: burnOf(short) };
    if (!sure || rates.long <= burn || rates.short <= burn) continue;
    const [longName, shortName] = [longMs, shortMs].map((ms) =>
      ms < 3_600_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`,
    );
    const left = (availability.days * 24) / rates.long;
    return {
      ...rates,
      text: `${long.failed} of ${long.total} requests of the last ${longName} failed, ${rates.long.toFixed(1)} times what 99.9 % allows, and ${rates.short.toFixed(1)} times in the last ${shortName}: the ${availability.budgetMinutes} minutes of ${availability.days} days would be gone in ${left.toFixed(0)} h`,
    };
  }
  return null;
}

/** Slots that have a part in the window. */
export function sumSlots(
  slots: readonly Slot[],
  from: number,
  to: number,
): { readonly total: number; readonly failed: number } {
  const inside = slots.filter((slot) => slot.to > from && slot.from <= to);
  return {
    total: inside.reduce((sum, { total }) => sum + total, 0),
    failed: inside.reduce((sum, { failed }) => sum + failed, 0),
  };
}

function burnOf({ total, failed }: { readonly total: number; readonly failed: number }): number {
  return total === 0 ? 0 : failed / total / availability.budget;
}
