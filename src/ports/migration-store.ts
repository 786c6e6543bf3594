import type { AppliedMigration } from "../plan/applied-migration.ts";

export type { AppliedMigration } from "../plan/applied-migration.ts";

import type { MigrationFile } from "../plan/migration-file.ts";
import type { Fence } from "./deploy-lock.ts";

export interface MigrationStore {
  /** Oldest first; empty when the history table does not exist. Writes nothing. */
  readHistory(): Promise<readonly AppliedMigration[]>;
  /**
   * Applies one file together with its history row: explicit BEGIN … COMMIT, COMMIT sent only after every reply,
   * fence checked inside, lock_timeout with bounded retry. Throws BeeError BEE-E30x with file:line and caret.
   */
  apply(migration: MigrationFile, fence: Fence): Promise<void>;
  close(): Promise<void>;
}
