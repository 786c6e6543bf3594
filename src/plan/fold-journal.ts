import type { JournalEntry } from "./journal-entry.ts";

export interface InFlight {
  readonly run: string;
  readonly step: string;
  /** When it was begun. */
  readonly at: string;
}

/** Steps of the last run that were begun and never ended: bee died in the middle of them. */
export function foldJournal(entries: readonly JournalEntry[]): readonly InFlight[] {
  const start = entries.findLastIndex(({ type }) => type === "run");
  const open = new Map<string, InFlight>();
  for (const entry of entries.slice(Math.max(0, start))) {
    if (entry.type === "intent") open.set(entry.step, { run: entry.run, step: entry.step, at: entry.at });
    if (entry.type === "result") open.delete(entry.step);
    if (entry.type === "end") open.clear();
  }
  return [...open.values()];
}
