import type { AppliedMigration, MigrationStore } from "../migration-store.ts";
import { assertFence, type IsCurrent } from "./fence-check.ts";

interface MemoryMigrationStore extends MigrationStore {
  readonly state: { history: AppliedMigration[]; closed: boolean };
}

/** Keeps the history only; the SQL is not run. `onApply` may throw to stand for a failing file. */
export function createMemoryMigrationStore(
  history: readonly AppliedMigration[] = [],
  isCurrent: IsCurrent = () => true,
  onApply: (version: string) => void = () => {},
): MemoryMigrationStore {
  const state: MemoryMigrationStore["state"] = { history: [...history], closed: false };
  return {
    state,
    async readHistory() {
      return state.history.toSorted((a, b) => (a.version < b.version ? -1 : 1));
    },
    async apply(migration, fence) {
      assertFence(fence, isCurrent);
      if (state.history.some((row) => row.version === migration.version)) return;
      onApply(migration.version);
      const statements = migration.statements.map((statement) => statement.sql);
      state.history.push({ version: migration.version, name: migration.name, statements });
    },
    async close() {
      state.closed = true;
    },
  };
}
