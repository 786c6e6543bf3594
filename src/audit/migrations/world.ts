import type { Finding } from "../../core/verdict.ts";
import type { MigrationFile } from "../../plan/migration-file.ts";
import type { ParsedSql, SqlTree } from "../../plan/sql-tree.ts";

/** One migration with its syntax trees. */
export interface AuditedMigration {
  readonly file: MigrationFile;
  readonly parsed: ParsedSql;
}

/** What the rules for migrations look at. */
export interface MigrationWorld {
  /** Of one folder, in the order they are applied. */
  readonly migrations: readonly AuditedMigration[];
  /** Files that are none, and how the set stands to a target's history (judgeMigrations). */
  readonly judged: readonly Finding[];
}

export interface PlacedTree {
  readonly migration: AuditedMigration;
  readonly tree: SqlTree;
}

/** Every statement of the set, in order. */
export function* eachTree({ migrations }: MigrationWorld, kind?: string): Generator<PlacedTree> {
  for (const migration of migrations) {
    for (const tree of migration.parsed.trees) {
      if (kind == null || tree.kind === kind) yield { migration, tree };
    }
  }
}
