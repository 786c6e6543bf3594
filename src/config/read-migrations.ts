import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "../core/verdict.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import { isFinding, parseMigration } from "../plan/parse-migration.ts";

export interface MigrationSet {
  /** By version. */
  readonly files: readonly MigrationFile[];
  /** Files that would be skipped without a word. */
  readonly findings: readonly Finding[];
}

const folder = "supabase/migrations";

/** Every .sql file of supabase/migrations; `*.down.sql` belongs to its migration and is no migration itself. */
export async function readMigrations(root: string): Promise<MigrationSet> {
  const names = await readdir(join(root, folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const parsed = await Promise.all(
    names
      .filter((name) => name.endsWith(".sql") && !name.endsWith(".down.sql"))
      .sort()
      .map(async (name) => parseMigration(`${folder}/${name}`, await readFile(join(root, folder, name)))),
  );
  const files = parsed.flatMap((one) => (isFinding(one) ? [] : [one]));
  return {
    files: files.sort((a, b) => (a.version < b.version ? -1 : 1)),
    findings: parsed.filter(isFinding),
  };
}
