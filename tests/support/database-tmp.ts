import { readFileSync, statfsSync } from "node:fs";
import { freemem, tmpdir } from "node:os";

const gib = 1024 ** 3;

/**
 * Where test databases lie: in memory where the machine has it, else the temporary folder. A hundred databases of 300
 * files each are made, and making files is what disks are slow at. Not for functions: Deno reads nothing below /dev.
 */
export function databaseTmp(): string {
  const memory = "/dev/shm";
  try {
    const mount = readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .find((line) => line.split(" ")[1] === memory);
    if (mount == null || /\bnoexec\b/.test(mount)) return tmpdir();
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize > 4 * gib && freemem() > 6 * gib ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}
