import type { SqlClass } from "./sql-class.ts";

/** One file of supabase/migrations, parsed: `<version>_<name>.sql`. */
export interface MigrationFile {
  /** The digits before the first underscore (the CLI's version, 14 digits as a rule). */
  readonly version: string;
  readonly name: string;
  /** Relative to the project root, posix. */
  readonly path: string;
  readonly sql: string;
  /** Split statements as stored in the history row, without trailing semicolons. */
  readonly statements: readonly MigrationStatement[];
  /** sha256 (hex) of the file's bytes. */
  readonly sha256: string;
}

export interface MigrationStatement {
  readonly sql: string;
  /** 0-based offset of its first character in the file. */
  readonly offset: number;
  readonly kind: SqlClass;
}
