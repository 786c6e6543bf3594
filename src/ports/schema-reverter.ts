import type { Catalog } from "../plan/catalog.ts";
import type { Loss } from "../plan/down/losses.ts";
import type { CountedLoss } from "../plan/judge-down.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import type { Fence } from "./deploy-lock.ts";

/** Rows of one table before and after, counted while nobody else could write it. */
export interface TableCount {
  readonly table: string;
  readonly before: number;
  /** Null when the table is gone. */
  readonly after: number | null;
}

export interface Reverted {
  readonly catalog: Catalog;
  readonly rows: readonly TableCount[];
}

export interface RevertRequest {
  /** Newest first; what they are to take back is deleted from the history by their versions. */
  readonly downs: readonly MigrationFile[];
  /** Versions the history must hold exactly, oldest first. */
  readonly history: readonly string[];
  /** Existing tables that the downs change: locked first and counted. */
  readonly tables: readonly string[];
  /** Asked before COMMIT with what would be committed; any reason takes everything back. */
  readonly judge: (seen: Reverted) => readonly string[];
}

/** Takes migrations back on the target. */
export interface SchemaReverter {
  readCatalog(): Promise<Catalog>;
  countLosses(losses: readonly Loss[]): Promise<readonly CountedLoss[]>;
  /**
   * All downs and the deletion of their history rows in one transaction: fence checked, lock_timeout with bounded
   * retry, COMMIT sent only after `judge` found nothing. Throws BEE-E346 when the history is another one, BEE-E351
   * when `judge` objects, BEE-E352 … E354 for locks and lost connections; in each case nothing is left.
   */
  revert(request: RevertRequest, fence: Fence): Promise<Reverted>;
}
