import type { Finding } from "../core/verdict.ts";
import type { AppliedMigration } from "./applied-migration.ts";
import { judgeMigrations } from "./judge-migrations.ts";
import type { MigrationFile } from "./migration-file.ts";
import type { Release } from "./release.ts";

/** Rules of judge-migrations that say the files here are not what made the target. */
const otherSources: readonly string[] = [
  "migration-duplicate",
  "migration-edited",
  "migration-missing-locally",
];

/**
 * Why the files of this checkout do not make the target's schema: a version without a file, a file that was edited
 * since, by its statements in the history or by its bytes in the release ledger. Newer files are no obstacle.
 */
export function judgeCopy(
  files: readonly MigrationFile[],
  history: readonly AppliedMigration[],
  releases: readonly Release[],
): readonly Finding[] {
  const applied = new Set(history.map(({ version }) => version));
  const known = files.filter(({ version }) => applied.has(version));
  const findings = judgeMigrations(known, history).findings.filter(({ rule }) => otherSources.includes(rule));
  const named = new Set(findings.map(({ subject }) => subject));
  return [
    ...findings,
    ...known.filter(({ path }) => !named.has(path)).flatMap((file) => judgeBytes(file, releases)),
  ];
}

function judgeBytes(file: MigrationFile, releases: readonly Release[]): readonly Finding[] {
  for (const { id, migrations } of releases) {
    const released = migrations.find(({ version }) => version === file.version);
    if (released == null) continue;
    if (released.sha256 === file.sha256) return [];
    return [
      {
        key: `migration-edited:${file.version}`,
        rule: "migration-edited",
        severity: "error",
        subject: file.path,
        detail: `${file.path} is not the file that release ${id} was made of: its sha256 differs`,
        fix: `Restore it: git log -p -- ${file.path}`,
        location: { file: file.path },
      },
    ];
  }
  return [];
}
