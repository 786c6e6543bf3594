import type { Finding } from "../core/verdict.ts";
import type { AppliedMigration } from "./applied-migration.ts";
import type { MigrationFile } from "./migration-file.ts";
import { assembleScript, renderStatements } from "./sql-script.ts";

export interface DownHistory {
  /** As they were applied, oldest first. */
  readonly kept: readonly MigrationFile[];
  readonly undone: readonly MigrationFile[];
  /** Reasons not to take anything back. */
  readonly findings: readonly Finding[];
}

export interface DownHistoryInput {
  readonly history: readonly AppliedMigration[];
  /** Versions of the release to go back to. */
  readonly release: readonly string[];
  readonly files: readonly MigrationFile[];
  readonly downs: readonly MigrationFile[];
}

/** Which migrations go and which stay. What was applied counts, not what the checkout holds now. */
export function judgeDownHistory({ history, release, files, downs }: DownHistoryInput): DownHistory {
  const applied = history.map((row) => toFile(row, files));
  const kept = applied.filter(({ version }) => release.includes(version));
  const undone = applied.filter(({ version }) => !release.includes(version));
  const known = new Set(files.map(({ version }) => version));
  const there = new Set(history.map(({ version }) => version));
  return {
    kept,
    undone,
    findings: [
      ...release.filter((version) => !there.has(version)).map(notApplied),
      ...undone.filter(({ version }) => !known.has(version)).map(appliedElsewhere),
      ...history.filter((row) => row.statements == null && !known.has(row.version)).map(contentUnknown),
      ...downs.filter(({ version }) => !known.has(version)).map(withoutMigration),
    ],
  };
}

function toFile(row: AppliedMigration, files: readonly MigrationFile[]): MigrationFile {
  const file = files.find(({ version }) => version === row.version);
  if (row.statements == null) return file ?? assembleScript(row.version, row.name ?? "", row.version, "");
  const path = file?.path ?? `supabase/migrations/${row.version}_${row.name ?? ""}.sql`;
  return assembleScript(row.version, row.name ?? "", path, renderStatements(row.statements));
}

function finding(rule: string, subject: string, detail: string, fix: string): Finding {
  return { key: `${rule}:${subject}`, rule, severity: "error", subject, detail, fix };
}

function notApplied(version: string): Finding {
  return finding(
    "down-release-incomplete",
    version,
    `the release has ${version}, which is no longer in the target's history`,
    "Deploy that release again instead: check out its commit, then bee deploy.",
  );
}

function appliedElsewhere({ version, name, path }: MigrationFile): Finding {
  return finding(
    "down-applied-elsewhere",
    version,
    `${version}${name === "" ? "" : `_${name}`} was applied since by somebody whose files are not here`,
    `Check out the revision that has ${path}, or name a later release.`,
  );
}

function contentUnknown({ version }: AppliedMigration): Finding {
  return finding(
    "down-content-unknown",
    version,
    `the history does not keep what ${version} did, and it has no file here`,
    "Check out the revision that has it.",
  );
}

function withoutMigration({ path, version }: MigrationFile): Finding {
  return finding(
    "down-without-migration",
    path,
    `${path} takes back ${version}, and there is no such migration`,
    "Name it as its migration: <version>_<name>.down.sql",
  );
}
