import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "../core/verdict.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import { parseDown } from "../plan/parse-down.ts";
import { isFinding } from "../plan/parse-migration.ts";

export interface DownSet {
  /** By version. */
  readonly files: ReadonlyMap<string, MigrationFile>;
  readonly findings: readonly Finding[];
}

const folder = "supabase/migrations";

/** Every `*.down.sql` of supabase/migrations; `migrations` are the files beside them. */
export async function readDowns(root: string, migrations: readonly MigrationFile[]): Promise<DownSet> {
  const names = await readdir(join(root, folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const parsed = await Promise.all(
    names
      .filter((name) => name.endsWith(".down.sql"))
      .sort()
      .map(async (name) =>
        parseDown(`${folder}/${name}`, await readFile(join(root, folder, name)), migrations),
      ),
  );
  const files = parsed.flatMap((one) => (isFinding(one) ? [] : [one]));
  return { files: new Map(files.map((file) => [file.version, file])), findings: parsed.filter(isFinding) };
}
