import type { RestoreChoice, RestoreSources } from "../plan/choose-restore-point.ts";

/** Brings a whole database back to an earlier moment. The platform does it; the project is away meanwhile. */
export interface BackupRestorer {
  read(): Promise<RestoreSources>;
  /**
   * Returns when the project answers again. `onWait` is told what the project says of itself. Throws BEE-E357 when the
   * platform refuses (nothing was touched) and BEE-E358 when it does not come back or says it failed.
   */
  restore(choice: RestoreChoice, onWait: (status: string) => void): Promise<void>;
}
