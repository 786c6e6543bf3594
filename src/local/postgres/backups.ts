import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { diskFull, isDiskFull } from "../failure.ts";
import type { Backup, BackupHooks } from "../management/deps.ts";
import { packDataDir, unpackDataDir } from "./backup-archive.ts";
import { beforeRestore, unfinished } from "./beside-data.ts";
import { withClient } from "./connect.ts";

interface BackupDeps {
  readonly dir: string;
  readonly dataDir: string;
  /** As supabase_admin. */
  readonly adminUrl: string;
  /** Stops everything that uses the database, runs `swap`, starts it again; rejects when it does not start. */
  readonly whileStopped: (swap: () => Promise<void>) => Promise<void>;
}

/** Beyond these the oldest goes: each is 40 MB or more, and every deploy takes one. */
const kept = 5;

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
  await rm(staging, { recursive: true, force: true });
  try {
    await mkdir(staging, { recursive: true, mode: 0o700 });
    const takenAt = await withClient(adminUrl, (client) => packDataDir(client, dataDir, staging, name));
    const backup: Backup = { id, name, takenAt: takenAt.toISOString() };
    await writeFile(join(staging, "backup.json"), JSON.stringify(backup), { mode: 0o600 });
    await rename(staging, join(dir, String(id)));
    for (const old of listBackups(dir).slice(kept)) {
      await rm(join(dir, String(old.id)), { recursive: true, force: true });
    }
    return backup;
  } catch (error) {
    const text = `${(error as { stderr?: string }).stderr ?? ""}${String(error)}`;
    throw isDiskFull(text) ? diskFull(dir, text.split("\n")[0] ?? "") : error;
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
  if (!listBackups(dir).some((backup) => backup.id === id)) {
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
  const staging = unfinished(dataDir);
  await rm(staging, { recursive: true, force: true });
  try {
    await unpackDataDir(join(dir, String(id)), staging);
    await assertSameMajor(staging, dataDir, id);
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

/** A data folder belongs to one major version: another server refuses to start on it. */
async function assertSameMajor(copy: string, dataDir: string, id: number): Promise<void> {
  const read = async (folder: string): Promise<string> =>
    (await readFile(join(folder, "PG_VERSION"), "utf8")).trim();
  const [taken, running] = await Promise.all([read(copy), read(dataDir)]);
  if (taken === running) return;
  throw new BeeError({
    code: "BEE-E361",
    message: `backup ${id} is of Postgres ${taken} and cannot be restored into Postgres ${running}`,
    detail: "A physical copy serves one major version only. Nothing was changed.",
    hint: "Restore a newer backup, or check out the revision of bee that ran that version.",
    exit: exitCodes.refused,
  });
}
