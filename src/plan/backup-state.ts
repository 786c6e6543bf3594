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
