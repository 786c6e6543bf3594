import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createIdentity, openIdentity } from "./identity-store.ts";
import { acquireLock, readLockHolder } from "./lock.ts";
import { createLogFiles } from "./logs/log-files.ts";
import { createLocalDirs, type LocalPaths, readLocalPaths } from "./paths.ts";
import { startPlatform } from "./platform.ts";
import { packDataDir, unpackDataDir } from "./postgres/backup-archive.ts";
import { unfinished } from "./postgres/beside-data.ts";
import { postgresUrl, withClient } from "./postgres/connect.ts";
import { leaveFirstPassword } from "./postgres/data-dir.ts";
import { endLeftovers, openChildRecord } from "./process/leftovers.ts";
import { isAlive, readProcessRef } from "./process/process-ref.ts";
import type { LocalState } from "./state.ts";
import { writePrivate } from "./write-private.ts";

export interface LocalCopy {
  readonly state: LocalState;
  /** As supabase_admin. */
  readonly adminUrl: string;
  /** The folder that holds it, private to this user. */
  readonly dir: string;
  /** Ends every process of it and deletes the folder; repeatable. */
  stop(): Promise<void>;
}

interface CopyOptions {
  /** Below it every copy has a folder of its own. */
  readonly parent: string;
  readonly projectRef: string;
  /** A running local platform whose database is taken over as it is; null begins with an empty one. */
  readonly from: { readonly projectDir: string; readonly port: number } | null;
  readonly onProgress: (message: string) => void;
}

/** A second platform with its own ports and keys, run by this process and gone with it. */
export async function openLocalCopy({
  parent,
  projectRef,
  from,
  onProgress,
}: CopyOptions): Promise<LocalCopy> {
  await clearCopies(parent);
  const dir = join(parent, `${process.pid}-${randomBytes(4).toString("hex")}`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (from != null) await leadBeside(readLocalPaths(from.projectDir), dir);
  const paths = readLocalPaths(dir);
  const remove = (): Promise<void> => removeCopy(dir, paths);
  try {
    createLocalDirs(paths);
    acquireLock(paths.lock, "");
    const identity = { ...(await createIdentity()), projectRef };
    writePrivate(paths.identity, `${JSON.stringify(identity, null, 2)}\n`);
    if (from != null) await copyDatabase(from, paths);
    const logs = createLogFiles(paths.logs);
    const platform = await startPlatform({
      paths,
      logs,
      children: openChildRecord(paths.children),
      onProgress,
    });
    const { port } = new URL(platform.state.dbUrl);
    let stopping: Promise<void> | null = null;
    return {
      state: platform.state,
      adminUrl: postgresUrl({ port: Number(port), password: identity.dbPassword }, "supabase_admin"),
      dir,
      stop: () => {
        stopping ??= platform
          .stop()
          .then(() => logs.flush())
          .finally(remove);
        return stopping;
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A database that lies elsewhere has its copies there too: that is where there is room for it. */
async function leadBeside(source: LocalPaths, dir: string): Promise<void> {
  if (dirname(source.data) === source.root) return;
  const { root, data } = readLocalPaths(dir);
  await mkdir(root, { recursive: true, mode: 0o700 });
  await symlink(join(dirname(source.data), `copy-${basename(dir)}`), data);
}

/** Removes what killed processes left below `parent`: their Postgres and their files. Answers how many there were. */
async function clearCopies(parent: string): Promise<number> {
  const names = await readdir(parent).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const left = names.filter((name) => {
    const maker = readProcessRef(Number(/^(\d+)-/.exec(name)?.[1] ?? 0));
    const held = readLockHolder(readLocalPaths(join(parent, name)).lock) != null;
    return !held && (maker == null || !isAlive(maker));
  });
  for (const name of left) await removeCopy(join(parent, name), readLocalPaths(join(parent, name)));
  return left.length;
}

async function removeCopy(dir: string, paths: LocalPaths): Promise<void> {
  await endLeftovers(paths.children);
  await rm(paths.run, { recursive: true, force: true });
  for (const data of [paths.data, unfinished(paths.data)]) await rm(data, { recursive: true, force: true });
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
}

const slotTaken = "42710";
const slotPatienceMs = 120_000;

/** The source goes on running. Its passwords are replaced when the copy starts. */
async function copyDatabase(
  from: { readonly projectDir: string; readonly port: number },
  paths: LocalPaths,
): Promise<void> {
  const source = readLocalPaths(from.projectDir);
  const { dbPassword } = await openIdentity(source.identity, source.data);
  const archive = join(paths.root, "source");
  const unpacked = unfinished(paths.data);
  const url = postgresUrl({ port: from.port, password: dbPassword }, "supabase_admin");
  for (const until = Date.now() + slotPatienceMs; ; await sleep(200)) {
    await rm(archive, { recursive: true, force: true });
    await mkdir(archive, { mode: 0o700 });
    try {
      await withClient(url, (client) => packDataDir(client, source.data, archive, "copy"));
      break;
    } catch (error) {
      // Another backup is being taken right now.
      if ((error as { code?: string }).code !== slotTaken || Date.now() > until) throw error;
    }
  }
  await unpackDataDir(archive, unpacked);
  await rm(archive, { recursive: true, force: true });
  await leaveFirstPassword(unpacked, dbPassword);
  await rename(unpacked, paths.data);
}
