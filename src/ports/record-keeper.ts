import type { Fence } from "./deploy-lock.ts";

/** What bee noted in the target (releases, bundles, evidence, audit trail): rows as JSON, by table. */
export type BeeRecords = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** Takes bee's own notes across a restore, which puts schema bee back with everything else. */
export interface RecordKeeper {
  /** All notes, and after them a mark that no backup holds. One transaction. */
  carry(mark: string, fence: Fence): Promise<BeeRecords>;
  /** False once the database is another than the one that was marked. */
  isMarked(mark: string): Promise<boolean>;
  /**
   * Adds what the database lacks, ends locks older than `held`, and lets no token of before be given again. One
   * transaction, repeatable. Answers what could not be added because something else stands there by now.
   */
  bringBack(records: BeeRecords, held: HeldLock): Promise<readonly string[]>;
}

export interface HeldLock extends Fence {
  readonly acquiredAt: string;
}
