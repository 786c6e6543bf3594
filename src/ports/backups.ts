import type { BackupPoint, BackupState } from "../plan/backup-state.ts";

export type { BackupPoint, BackupState } from "../plan/backup-state.ts";

export interface BackupKeeper {
  read(): Promise<BackupState>;
  /** A point to come back to. With PITR it is only a time; locally a physical copy. */
  create(name: string): Promise<BackupPoint>;
}
