export interface BackupPoint {
  readonly id: string;
  readonly name: string;
  readonly takenAt: string;
  readonly kind: "restore-point" | "pitr" | "physical";
}

export interface BackupState {
  readonly pitrEnabled: boolean;
  readonly points: readonly BackupPoint[];
}

export interface BackupKeeper {
  read(): Promise<BackupState>;
  /** A point to come back to. With PITR it is only a time; locally a physical copy. */
  create(name: string): Promise<BackupPoint>;
}
