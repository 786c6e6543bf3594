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

/**
 * Beside the migrations, or in a folder of their own: the supabase CLI takes every .sql file beside migrations for one
 * (`db push`), so who pushes by it as well keeps the downs apart.
 */
const folders = ["supabase/migrations", "supabase/downs"];

/** Every `*.down.sql`; `migrations` are the files that they may belong to. */
export async function readDowns(root: string, migrations: readonly MigrationFile[]): Promise<DownSet> {
  const listed = await Promise.all(folders.map((folder) => listDowns(root, folder)));
  const parsed = await Promise.all(
    listed.flat().map(async (path) => parseDown(path, await readFile(join(root, path)), migrations)),
  );
  const files = new Map<string, MigrationFile>();
  const findings = parsed.filter(isFinding);
  for (const file of parsed) {
    if (isFinding(file)) continue;
    const other = files.get(file.version);
    if (other == null) files.set(file.version, file);
    else findings.push(twice(file.path, other.path));
  }
  return { files, findings };
}

async function listDowns(root: string, folder: string): Promise<readonly string[]> {
  const names = await readdir(join(root, folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith(".down.sql"))
    .sort()
    .map((name) => `${folder}/${name}`);
}

function twice(path: string, other: string): Finding {
  return {
    key: `down-twice:${path}`,
    rule: "down-twice",
    severity: "error",
    subject: path,
    detail: `${path} takes back what ${other} takes back already`,
    fix: "Keep one of them.",
    location: { file: path },
  };
}
