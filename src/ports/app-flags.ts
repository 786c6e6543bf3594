import type { AppFlag, FlagChange } from "../plan/app-flag.ts";
import type { Fence } from "./deploy-lock.ts";

export type { AppFlag, FlagChange, FlagState } from "../plan/app-flag.ts";

/** The runtime switches that the app reads (public.feature_flags). */
export interface AppFlags {
  /** By key. Throws BEE-E820 when the target has no such table. */
  read(): Promise<readonly AppFlag[]>;
  /**
   * All in one transaction, with the fence inside. A row that is no longer as `from` says throws BEE-E825, and
   * nothing is changed; one that already is as `to` says is left.
   */
  apply(changes: readonly FlagChange[], fence: Fence): Promise<void>;
}
