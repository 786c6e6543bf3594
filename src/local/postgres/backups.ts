import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { Backup, BackupHooks } from "../management/deps.ts";
import { withClient } from "./connect.ts";
import { copyDir } from "./data-dir.ts";

export interface BackupDeps {
  readonly dir: string;
  readonly dataDir: string;
  /** As supabase_admin. */
  readonly adminUrl: string;
  /** Stops everything that uses the database, runs `swap`, starts it again; rejects when it does not start. */
  readonly whileStopped: (swap: () => Promise<void>) => Promise<void>;
}

/** Beyond these the oldest goes: each is 40 MB or more, and every deploy takes one. */
const kept = 5;

/** What a copy must not hold, or holds empty (PostgreSQL docs, 25.3.4 "Backing Up the Data Directory"). */
const notCopied = new Set(["postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map"]);
const copiedEmpty = new Set([
  "pg_wal",
  "pg_replslot",
  "pg_dynshmem",
  "pg_notify",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
]);

/** Physical copies of the database, taken while it runs. Ids rise; one thing at a time. */
export function createLocalBackups(deps: BackupDeps): BackupHooks {
  let working: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const result = working.then(work);
    working = result.catch(() => {});
    return result;
  };
  return {
    create: (name) => alone(() => createBackup(deps, name)),
    list: async () => listBackups(deps.dir),
    restore: (id) => alone(() => restoreBackup(deps, id)),
  };
}

async function createBackup({ dir, dataDir, adminUrl }: BackupDeps, name: string): Promise<Backup> {
  const id = 1 + Math.max(0, ...readIds(dir));
  const staging = join(dir, `new-${id}`);
  const copy = join(staging, "data");
  await rm(staging, { recursive: true, force: true });
  try {
    await mkdir(copy, { recursive: true, mode: 0o700 });
    const point = await withClient(adminUrl, async (client): Promise<Backup> => {
      await client.query("select pg_create_physical_replication_slot($1, true, true)", [`bee_backup_${id}`]);
      await client.query("select pg_backup_start($1, true)", [name]);
      await copyRunning(dataDir, copy);
      const { rows } = await client.query<{ labelfile: string; now: Date }>(
        "select labelfile, now() from pg_backup_stop(false)",
      );
      await writeFile(join(copy, "backup_label"), rows[0]!.labelfile, { mode: 0o600 });
      await copyEntries(join(dataDir, "pg_wal"), join(copy, "pg_wal"), (entry) =>
        /^[0-9A-F]{24}$/.test(entry),
      );
      return { id, name, takenAt: rows[0]!.now.toISOString() };
    });
    await writeFile(join(staging, "backup.json"), JSON.stringify(point), { mode: 0o600 });
    await rename(staging, join(dir, String(id)));
    for (const old of listBackups(dir).slice(kept))
      await rm(join(dir, String(old.id)), { recursive: true, force: true });
    return point;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function listBackups(dir: string): readonly Backup[] {
  return [...readIds(dir)]
    .sort((a, b) => b - a)
    .flatMap((id) => {
      try {
        return [JSON.parse(readFileSync(join(dir, String(id), "backup.json"), "utf8")) as Backup];
      } catch {
        return [];
      }
    });
}

function readIds(dir: string): readonly number[] {
  return existsSync(dir)
    ? readdirSync(dir)
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
    : [];
}

async function restoreBackup({ dir, dataDir, whileStopped }: BackupDeps, id: number): Promise<void> {
  const source = join(dir, String(id), "data");
  if (!existsSync(source)) {
    throw new BeeError({
      code: "BEE-E410",
      message: `there is no local backup ${id}`,
      detail: `There are: ${
        listBackups(dir)
          .map((point) => `${point.id} (${point.name})`)
          .join(", ") || "none"
      }.`,
      hint: "Name one of these.",
      exit: exitCodes.usage,
    });
  }
  const before = beforeRestore(dataDir);
  const staging = `${dataDir}.new`;
  await rm(staging, { recursive: true, force: true });
  await copyDir(source, staging);
  try {
    await whileStopped(async () => {
      await rename(dataDir, before);
      await rename(staging, dataDir);
    });
  } catch (error) {
    if (existsSync(before)) {
      await whileStopped(async () => {
        await rm(dataDir, { recursive: true, force: true });
        await rename(before, dataDir);
      });
    }
    throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  await rm(before, { recursive: true, force: true });
}

/** The database as it was before a restore that did not come to its end. */
export function beforeRestore(dataDir: string): string {
  return `${dataDir}.before-restore`;
}

async function copyRunning(from: string, to: string): Promise<void> {
  await copyEntries(from, to, (entry) => !notCopied.has(entry) && !copiedEmpty.has(entry));
  for (const name of copiedEmpty) await mkdir(join(to, name), { mode: 0o700 });
}

/** Files may vanish while the server runs; the log makes up for them. */
async function copyEntries(from: string, to: string, wanted: (entry: string) => boolean): Promise<void> {
  const entries = (await readdir(from)).filter(wanted);
  try {
    await promisify(execFile)("cp", ["-pPR", ...entries.map((entry) => join(from, entry)), to]);
  } catch (error) {
    const complaints = ((error as { stderr?: string }).stderr ?? String(error)).trim().split("\n");
    if (!complaints.every((line) => line.includes("No such file or directory"))) throw error;
  }
}
