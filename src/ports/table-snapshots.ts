import type { AccountedTable } from "../plan/row-account.ts";
import type { Fence } from "./deploy-lock.ts";

export interface TableSnapshot {
  readonly id: number;
  /** Versions of the migrations it was taken before, by comma. */
  readonly label: string;
  readonly takenAt: string;
  /** Null when nobody noted what the migration did: then rows deleted by users look like rows it deleted. */
  readonly closedAt: string | null;
  /** Null as long as nothing was brought back from it. */
  readonly mergedAt: string | null;
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  /** Of the tables when they were copied. */
  readonly bytes: number;
}

/** Copies of single tables in the target's own database, for targets without point-in-time recovery. */
export interface TableSnapshots {
  /** Newest first; empty when there never was one. Writes nothing. */
  list(): Promise<readonly TableSnapshot[]>;
  /** All tables as of one moment. Throws BEE-E359 when they are larger than `maxBytes`: nothing is copied then. */
  take(label: string, tables: readonly string[], maxBytes: number, fence: Fence): Promise<TableSnapshot>;
  /** Right after the migration: notes which rows it changed, so that later changes are known for the users' own. */
  close(id: number, fence: Fence): Promise<void>;
  /**
   * Brings back, row by row and column by column, what the migration changed or deleted. What somebody changed since
   * is kept and told. Repeatable. Throws BEE-E360 when there is no such snapshot or a table is not there.
   */
  merge(id: number, fence: Fence): Promise<readonly AccountedTable[]>;
  drop(id: number, fence: Fence): Promise<void>;
}
