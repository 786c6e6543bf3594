import type { AppliedMigration } from "./applied-migration.ts";
import { sha256 } from "./digest.ts";
import type { MigrationFile } from "./migration-file.ts";
import type { Release } from "./release.ts";
import { assembleScript, renderStatements } from "./sql-script.ts";

/**
 * What a target has applied, for a release that a rollback records: digests as releases knew them; those of a deploy
 * that recorded none are taken of the statements in the history.
 */
export function assembleTargetMigrations(
  history: readonly AppliedMigration[],
  releases: readonly Release[],
): readonly MigrationFile[] {
  const known = new Map(
    releases
      .toReversed()
      .flatMap(({ migrations }) => migrations.map((row) => [row.version, row.sha256] as const)),
  );
  return history.map(({ version, name, statements }) => {
    const script = { ...assembleScript(version, name ?? "", version, ""), statements: [] };
    return { ...script, sha256: known.get(version) ?? sha256(renderStatements(statements ?? [])) };
  });
}
