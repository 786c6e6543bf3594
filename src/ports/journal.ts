import type { JournalEntry } from "../plan/journal-entry.ts";

export type { JournalEntry } from "../plan/journal-entry.ts";

export interface Journal {
  read(): Promise<readonly JournalEntry[]>;
  /** On disk (fsync) before it returns. */
  append(entry: JournalEntry): Promise<void>;
}
