import type { Catalog } from "./catalog.ts";
import { findTouchedTables } from "./find-touched-tables.ts";
import type { MigrationFile } from "./migration-file.ts";
import type { SnapshotNeed } from "./view.ts";

/** When tables are copied before migrations (bee.config.yaml `snapshots`). */
export interface SnapshotPolicy {
  /** `auto`: where no backup point can be counted on, that is on a hosted project without point-in-time recovery. */
  readonly take: "auto" | "always" | "never";
  readonly maxMiB: number;
}

export interface SnapshotQuestion {
  readonly policy: SnapshotPolicy;
  readonly pending: readonly MigrationFile[];
  readonly appTables: number;
  /** A physical copy or point-in-time recovery stands behind the target. */
  readonly backedUp: boolean;
}

/** False when copies would serve nothing; then nobody needs to read the catalog. */
export function needsSnapshot({ policy, pending, appTables, backedUp }: SnapshotQuestion): boolean {
  if (pending.length === 0 || appTables === 0 || policy.take === "never") return false;
  return policy.take === "always" || !backedUp;
}

export function assembleSnapshotNeed(
  { policy, pending }: Pick<SnapshotQuestion, "policy" | "pending">,
  catalog: Catalog,
): SnapshotNeed {
  return { tables: findTouchedTables(pending, catalog), maxBytes: policy.maxMiB * 1024 ** 2 };
}

/** What a snapshot is called: the versions it was taken before. */
export function labelSnapshot(pending: readonly Pick<MigrationFile, "version">[]): string {
  return pending.map(({ version }) => version).join(",");
}

export function versionsOfSnapshot({ label }: { readonly label: string }): readonly string[] {
  return label.split(",");
}
