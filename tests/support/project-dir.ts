import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { databaseTmp } from "./database-tmp.ts";

/** A folder for a project, whose local database lies where test databases do. Its functions stay on the disk. */
export async function createProjectDir(prefix: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), prefix));
  const memory = databaseTmp();
  if (memory === tmpdir()) return dir;
  const local = join(dir, ".bee/local");
  const elsewhere = join(memory, basename(dir));
  await mkdir(elsewhere, { mode: 0o700 });
  await mkdir(local, { recursive: true, mode: 0o700 });
  await symlink(join(elsewhere, "data"), join(local, "data"));
  return dir;
}

export async function removeProjectDir(dir: string): Promise<void> {
  for (const parent of [databaseTmp(), tmpdir()])
    await rm(join(parent, basename(dir)), { recursive: true, force: true });
}
