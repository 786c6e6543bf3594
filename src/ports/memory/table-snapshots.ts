import type { AccountedTable } from "../../plan/row-account.ts";
import type { TableSnapshot, TableSnapshots } from "../table-snapshots.ts";
import { assertFence, type IsCurrent } from "./fence-check.ts";

interface MemoryTableSnapshots extends TableSnapshots {
  /** Oldest first. */
  readonly state: { readonly snapshots: TableSnapshot[] };
}

/** Keeps names and states, no rows: a memory target has none. */
export function createMemoryTableSnapshots(
  isCurrent: IsCurrent = () => true,
  now: () => number = Date.now,
): MemoryTableSnapshots {
  const snapshots: TableSnapshot[] = [];
  let last = 0;
  const change = (id: number, fields: Partial<TableSnapshot>): void => {
    const index = snapshots.findIndex((snapshot) => snapshot.id === id);
    const found = snapshots[index];
    if (found != null) snapshots[index] = { ...found, ...fields };
  };
  const at = (): string => new Date(now()).toISOString();
  return {
    state: { snapshots },
    async list() {
      return snapshots.toReversed();
    },
    async take(label, tables, _maxBytes, fence) {
      assertFence(fence, isCurrent);
      last += 1;
      const taken: TableSnapshot = {
        id: last,
        label,
        takenAt: at(),
        closedAt: null,
        mergedAt: null,
        tables: tables.map((name) => ({ name, rows: 0 })),
        bytes: 0,
      };
      snapshots.push(taken);
      return taken;
    },
    async close(id, fence) {
      assertFence(fence, isCurrent);
      change(id, { closedAt: at() });
    },
    async merge(id, fence): Promise<readonly AccountedTable[]> {
      assertFence(fence, isCurrent);
      change(id, { mergedAt: at() });
      return [];
    },
    async drop(id, fence) {
      assertFence(fence, isCurrent);
      const index = snapshots.findIndex((snapshot) => snapshot.id === id);
      if (index >= 0) snapshots.splice(index, 1);
    },
  };
}
