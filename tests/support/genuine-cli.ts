import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

export interface CliProject {
  readonly dir: string;
  writeMigration(file: string, sql: string): Promise<void>;
  /** Runs the genuine supabase CLI in the project; answers stdout, and fails with both when it fails. */
  run(...args: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

/** A folder with a Supabase project, and the genuine CLI (3.x, from npm) with its own home there. */
export async function createCliProject(env: Readonly<Record<string, string>> = {}): Promise<CliProject> {
  const dir = await mkdtemp(join(tmpdir(), "bee-cli-"));
  const migrations = join(dir, "supabase", "migrations");
  await mkdir(migrations, { recursive: true });
  await writeFile(join(dir, "supabase", "config.toml"), 'project_id = "interop"\n');
  const manifest = createRequire(import.meta.url).resolve("@supabase/cli-linux-x64/package.json");
  const binary = join(dirname(manifest), "bin", "supabase");
  const quiet = { SUPABASE_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", SUPABASE_NO_UPDATE_NOTIFIER: "1" };
  const own = { PATH: process.env["PATH"] ?? "", HOME: dir, SUPABASE_HOME: dir, SUPABASE_NO_KEYRING: "1" };
  return {
    dir,
    writeMigration: (file, sql) => writeFile(join(migrations, file), sql),
    async run(...args) {
      const all = [...args, "--agent", "no"];
      const { stdout } = await promisify(execFile)(binary, all, {
        cwd: dir,
        env: { ...quiet, ...own, ...env },
      });
      return stdout;
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
