import type { MomentumState } from "../momentum/algorithm.ts";
import { daysBetween } from "../momentum/calendar.ts";
import { round2 } from "../momentum/round2.ts";
import type { CoachIntervention, DailyRow, NotificationType } from "./notification.ts";
import type { NotificationRules } from "./rules.ts";

/** A rule that holds on the rows. */
export interface Trigger {
  readonly type: NotificationType;
  /** A notification of this type triggered on this date or later was for the same streak; null: any was. */
  readonly sinceDate: string | null;
}

/**
 * Which pattern rules hold on the rows (newest first), most pressing first. Days without a row are skipped: "in a
 * row" means in neighbouring rows.
 */
export function detectTriggers(
  rows: readonly DailyRow[],
  today: string,
  rules: NotificationRules,
): Trigger[] {
  const fresh = freshRows(rows, today, rules);
  const triggers: Trigger[] = [];
  if (streakLength(fresh, "NeedsCare") >= rules.needsCare.days) {
    triggers.push({ type: "consecutive_needs_care", sinceDate: streakSince(rows, "NeedsCare") });
  }
  if (hasDropped(fresh, rules)) {
    // From then on the days that were low are the ones the newest are compared with: falling again is news.
    triggers.push({ type: "score_drop", sinceDate: fresh[rules.scoreDrop.days - 1]?.date ?? null });
  }
  if (streakLength(fresh, "Rising") >= rules.celebration.days) {
    triggers.push({ type: "celebration", sinceDate: streakSince(rows, "Rising") });
  }
  if (stateChanges(fresh) > rules.consistency.changes) {
    triggers.push({ type: "consistency_reminder", sinceDate: fresh.at(-1)?.date ?? null });
  }
  return triggers;
}

/** The coach intervention that the rows call for, unless this streak has had one. */
export function detectIntervention(
  rows: readonly DailyRow[],
  interventionDates: readonly string[],
  today: string,
  rules: NotificationRules,
): CoachIntervention | null {
  const streakDays = streakLength(freshRows(rows, today, rules), "NeedsCare");
  const newest = rows[0];
  const oldest = rows[streakDays - 1];
  if (streakDays < rules.needsCare.interventionDays || newest === undefined || oldest === undefined)
    return null;
  const since = streakSince(rows, "NeedsCare");
  if (interventionDates.some((date) => since === null || date >= since)) return null;
  return { type: "consecutive_needs_care", triggerDate: newest.date, streakStart: oldest.date, streakDays };
}

function freshRows(rows: readonly DailyRow[], today: string, rules: NotificationRules): DailyRow[] {
  return rows.slice(0, rules.rows).filter(({ date }) => daysBetween(date, today) <= rules.freshDays);
}

function streakLength(rows: readonly DailyRow[], state: MomentumState): number {
  const end = rows.findIndex((row) => row.state !== state);
  return end === -1 ? rows.length : end;
}

/**
 * Oldest row of the leading streak; null when it reaches beyond the rows that are known. Then nothing shows a break
 * since the last notification, and saying it once too seldom is better than again every day.
 */
function streakSince(rows: readonly DailyRow[], state: MomentumState): string | null {
  const length = streakLength(rows, state);
  return length === rows.length ? null : (rows[length - 1]?.date ?? null);
}

/** On sums rather than means, so that a drop of exactly the limit is not tipped by a division by three. */
function hasDropped(rows: readonly DailyRow[], { scoreDrop: { days, points } }: NotificationRules): boolean {
  if (rows.length < 2 * days) return false;
  const sum = (part: readonly DailyRow[]) => part.reduce((total, { finalScore }) => total + finalScore, 0);
  return round2(sum(rows.slice(days, 2 * days)) - sum(rows.slice(0, days))) > points * days;
}

function stateChanges(rows: readonly DailyRow[]): number {
  return rows.filter((row, index) => index > 0 && row.state !== rows[index - 1]?.state).length;
}
