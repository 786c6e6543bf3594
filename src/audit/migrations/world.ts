import type { Finding } from "../../core/verdict.ts";
import type { MigrationFile } from "../../plan/migration-file.ts";
import type { ParsedSql, SqlTree } from "../../plan/sql-tree.ts";
import type { CodeUse } from "../code/code-use.ts";
import type { SchemaStory } from "./schema/fold.ts";

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
  readonly story: SchemaStory;
  /** Tables, columns and functions that app and function code asks for. */
  readonly code: readonly CodeUse[];
  /** Names of functions that have a source; null when the tree holds no functions folder. */
  readonly functionSlugs: ReadonlySet<string> | null;
  /** Settings that something outside of the migrations sets, such as code through set_config. */
  readonly settings: ReadonlySet<string>;
  /** Of the project's database; `db.major_version` in config.toml says it. */
  readonly postgresMajor: number;
  /** Schemas whose functions the API calls; `api.schemas` in config.toml says them. */
  readonly exposedSchemas: ReadonlySet<string>;
  /** Empty when the set was not applied. */
  readonly proof: readonly ProofRemark[];
  readonly target: TargetState | null;
  /** UTC, as a version: YYYYMMDDHHMMSS. */
  readonly now: string;
}

/** What applying the set to a scratch database showed. */
export interface ProofRemark {
  readonly rule: "migration-fails" | "migration-not-repeatable" | "migration-unproven";
  readonly file: string;
  readonly line: number | null;
  readonly detail: string;
}

export interface TargetState {
  /** Versions in its history. */
  readonly applied: ReadonlySet<string>;
  /** `schema.table` → rows as the planner estimates them. */
  readonly rows: ReadonlyMap<string, number>;
  readonly extensions: ReadonlySet<string>;
  /** Those of them that are created. */
  readonly installed: ReadonlySet<string>;
  /** Settings of the database and its roles. */
  readonly settings: ReadonlySet<string>;
}

export interface PlacedTree {
  readonly migration: AuditedMigration;
  readonly tree: SqlTree;
}

interface TreeIndex {
  readonly all: readonly PlacedTree[];
  readonly deep: readonly PlacedTree[];
  readonly byKind: ReadonlyMap<string, readonly PlacedTree[]>;
}

const indexes = new WeakMap<readonly AuditedMigration[], TreeIndex>();

/** Sorted once: each of some fifty rules asks for a kind or two. */
function indexTrees(migrations: readonly AuditedMigration[]): TreeIndex {
  const known = indexes.get(migrations);
  if (known != null) return known;
  const all: PlacedTree[] = [];
  const deep: PlacedTree[] = [];
  const byKind = new Map<string, PlacedTree[]>();
  for (const migration of migrations) {
    for (const tree of migration.parsed.trees) {
      const placed = { migration, tree };
      all.push(placed);
      deep.push(placed);
      const alike = byKind.get(tree.kind);
      if (alike == null) byKind.set(tree.kind, [placed]);
      else alike.push(placed);
      for (const inner of tree.body?.statements ?? []) deep.push({ migration, tree: inner });
    }
  }
  const index = { all, deep, byKind };
  indexes.set(migrations, index);
  return index;
}

/** Every statement of the set, or those of a kind, in order. */
export function eachTree(
  { migrations }: Pick<MigrationWorld, "migrations">,
  kind?: string,
): readonly PlacedTree[] {
  const { all, byKind } = indexTrees(migrations);
  return kind == null ? all : (byKind.get(kind) ?? []);
}

/** The same with the statements inside functions and DO blocks. */
export function eachTreeDeep({ migrations }: Pick<MigrationWorld, "migrations">): readonly PlacedTree[] {
  return indexTrees(migrations).deep;
}
