import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const marker = ".ok";

/**
 * A folder that is either complete or absent: filled beside its place by `fill`, marked, moved in by rename.
 * Two processes at once both fill; the first to rename wins, the other takes what is there.
 */
export async function publishDir(dir: string, fill: (staging: string) => Promise<void>): Promise<string> {
  if (existsSync(join(dir, marker))) return dir;
  const staging = `${dir}.${process.pid}-${randomBytes(4).toString("hex")}`;
  await mkdir(dirname(dir), { recursive: true, mode: 0o700 });
  try {
    await mkdir(staging, { mode: 0o700 });
    await fill(staging);
    await writeFile(join(staging, marker), "");
    await moveIn(staging, dir);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return dir;
}

async function moveIn(staging: string, dir: string): Promise<void> {
  try {
    await rename(staging, dir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    if (existsSync(join(dir, marker))) return;
    await rm(dir, { recursive: true, force: true });
    await rename(staging, dir);
  }
}
