import type { AppliedMigration } from "./applied-migration.ts";
import type { BackupState } from "./backup-state.ts";
import type { DeployedFunction, FunctionArtifact } from "./deployed-function.ts";
import type { DumpNeed } from "./dump-need.ts";
import type { MigrationFile } from "./migration-file.ts";
import type { ProjectInfo } from "./project-info.ts";
import type { Release } from "./release.ts";
import type { TrafficPin } from "./traffic.ts";

/** A secret as plans see it: by digest, never by value. */
export interface SecretDigest {
  readonly name: string;
  /** Hex sha256 of the value, as the platform reports it. Compared, never shown. */
  readonly sha256: string;
}

/** What the project on disk asks for. */
export interface Desired {
  readonly projectName: string;
  readonly migrations: readonly MigrationFile[];
  readonly functions: readonly FunctionArtifact[];
  readonly secrets: readonly SecretDigest[];
}

/** Tables to copy before the pending migrations; may be none, then nothing they do costs rows. */
export interface SnapshotNeed {
  readonly tables: readonly string[];
  /** Larger ones are refused. */
  readonly maxBytes: number;
}

/** What the target is now. */
export interface Actual {
  readonly project: ProjectInfo;
  readonly history: readonly AppliedMigration[];
  readonly functions: readonly DeployedFunction[];
  readonly secretDigests: ReadonlyMap<string, string>;
  readonly backups: BackupState;
  /** Tables in the exposed schemas: 0 means there is nothing yet that a migration could lose. */
  readonly appTables: number;
  /** Null where a backup point does for it. */
  readonly snapshot: SnapshotNeed | null;
  /** Null where a backup point does for it, or nobody wants one. */
  readonly dump: DumpNeed | null;
  /** The last good release; null before the first. */
  readonly release: Release | null;
  /** Cloud Run services that a rollback holds at a revision; empty without Google Cloud. */
  readonly pins: readonly TrafficPin[];
}

export interface View {
  readonly desired: Desired;
  readonly actual: Actual;
}
