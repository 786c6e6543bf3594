import type { Journal, JournalEntry } from "../journal.ts";

interface MemoryJournal extends Journal {
  readonly state: { readonly entries: JournalEntry[] };
}

export function createMemoryJournal(initial: readonly JournalEntry[] = []): MemoryJournal {
  const entries = [...initial];
  return {
    state: { entries },
    async read() {
      return [...entries];
    },
    async append(entry) {
      entries.push(entry);
    },
  };
}
