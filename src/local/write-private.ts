import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

/** Writes a file only its owner can read (0600): complete, on disk, or not at all. */
export function writePrivate(path: string, text: string): void {
  const staging = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    const fd = openSync(staging, "wx", 0o600);
    try {
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(staging, path);
  } catch (error) {
    rmSync(staging, { force: true });
    throw error;
  }
}
