import type { Finding } from "../core/verdict.ts";
import type { AppliedMigration } from "./applied-migration.ts";
import type { MigrationFile, MigrationStatement } from "./migration-file.ts";
import { leadingWords, type SqlClass } from "./sql-class.ts";
import { fingerprintSql } from "./sql-statements.ts";

interface MigrationJudgement {
  /** In the order they are to be applied. */
  readonly pending: readonly MigrationFile[];
  readonly findings: readonly Finding[];
}

/** Compares the files with the target's history. Every finding is a reason not to apply anything. */
export function judgeMigrations(
  files: readonly MigrationFile[],
  history: readonly AppliedMigration[],
): MigrationJudgement {
  const sorted = [...files].sort(byVersion);
  const applied = new Map(history.map((row) => [row.version, row]));
  const pending = sorted.filter(({ version }) => !applied.has(version));
  const findings = [
    ...sorted.flatMap((file, index) => judgeDuplicate(file, sorted[index - 1])),
    ...sorted.flatMap((file) => judgeContent(file, applied.get(file.version))),
    ...judgeOrder(pending, history),
    ...judgeMissing(files, history),
    ...pending.flatMap(judgeStatements),
  ];
  return { pending, findings };
}

function byVersion(a: MigrationFile, b: MigrationFile): number {
  if (a.version !== b.version) return a.version < b.version ? -1 : 1;
  return a.path < b.path ? -1 : 1;
}

function judgeDuplicate(file: MigrationFile, before: MigrationFile | undefined): readonly Finding[] {
  if (before?.version !== file.version) return [];
  return [
    {
      ...error("migration-duplicate", file, `${file.path} and ${before.path} have the same version`),
      fix: `Give ${file.path} a later version.`,
    },
  ];
}

function judgeContent(file: MigrationFile, row: AppliedMigration | undefined): readonly Finding[] {
  if (row?.statements == null) return [];
  if (fingerprintSql(file.sql) === fingerprintSql(row.statements.join(";\n"))) return [];
  return [
    {
      ...error("migration-edited", file, `${file.path} was changed after it was applied`),
      fix: `Restore it (git log -p -- ${file.path}) and put the change into a new migration.`,
    },
  ];
}

function judgeOrder(
  pending: readonly MigrationFile[],
  history: readonly AppliedMigration[],
): readonly Finding[] {
  const newest = history
    .map(({ version }) => version)
    .sort()
    .at(-1);
  if (newest == null) return [];
  return pending
    .filter(({ version }) => version < newest)
    .map((file) => ({
      ...error(
        "migration-out-of-order",
        file,
        `${file.path} is older than ${newest}, the newest one applied`,
      ),
      fix: `Rename it to a version after ${newest}, so that every database gets the same order.`,
    }));
}

function judgeMissing(
  files: readonly MigrationFile[],
  history: readonly AppliedMigration[],
): readonly Finding[] {
  const versions = new Set(files.map(({ version }) => version));
  return history
    .filter(({ version }) => !versions.has(version))
    .map(({ version, name }) => ({
      key: `migration-missing-locally:${version}`,
      rule: "migration-missing-locally",
      severity: "error",
      subject: version,
      detail: `${version}${name == null || name === "" ? "" : `_${name}`} is applied but has no file here`,
      fix: "Check out the revision that has it; its statements are in supabase_migrations.schema_migrations.",
    }));
}

function judgeStatements(file: MigrationFile): readonly Finding[] {
  const ofKind = (kind: SqlClass) => file.statements.filter((statement) => statement.kind === kind);
  const outside = ofKind("non-transactional");
  const findings = ofKind("transaction-control").map((statement) => ({
    ...error("migration-transaction-control", file, `${words(statement)} inside a migration`, statement),
    fix: "Remove it: bee runs every file in one transaction of its own.",
  }));
  const first = outside[0];
  if (first != null && ofKind("ordinary").length > 0) {
    findings.push({
      ...error(
        "migration-mixed-transactions",
        file,
        `${words(first)} cannot run in a transaction, the other statements of the file must`,
        first,
      ),
      fix: "Move it to a migration file of its own.",
    });
  }
  for (const statement of outside) {
    if (!/^create (unique )?index concurrently on /.test(`${leadingWords(statement.sql).join(" ")} `))
      continue;
    findings.push({
      ...error("migration-unnamed-index", file, "CREATE INDEX CONCURRENTLY without a name", statement),
      fix: "Name the index, so that an interrupted build can be found and cleaned up.",
    });
  }
  return findings;
}

function words({ sql }: MigrationStatement): string {
  return leadingWords(sql).slice(0, 3).join(" ").toUpperCase();
}

function error(
  rule: string,
  file: MigrationFile,
  detail: string,
  statement?: MigrationStatement,
): Omit<Finding, "fix"> {
  const line = statement == null ? null : lineOf(file.sql, statement);
  const key = line == null ? `${rule}:${file.version}` : `${rule}:${file.version}:${line}`;
  const location = { file: file.path, ...(line == null ? {} : { line }) };
  return { key, rule, severity: "error", subject: file.path, detail, location };
}

/** The line of the first word, below the comments that belong to the statement. */
function lineOf(sql: string, { offset, sql: text }: MigrationStatement): number {
  const lead = /^(?:\s|--[^\n\r]*[\n\r]|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0].length ?? 0;
  return sql.slice(0, offset + lead).split("\n").length;
}
