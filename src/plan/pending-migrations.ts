import type { MigrationFile } from "./migration-file.ts";
import type { View } from "./view.ts";

/** Files whose version is not in the history, in the order of their versions. */
export function pendingMigrations({ desired, actual }: View): readonly MigrationFile[] {
  const applied = new Set(actual.history.map(({ version }) => version));
  return desired.migrations.filter(({ version }) => !applied.has(version));
}
