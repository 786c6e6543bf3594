import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

const systemDirs = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];
const known = new Map<string, string | null>();

/** Absolute path of a program on PATH or in the usual system folders; null when there is none. */
export function findProgram(name: string): string | null {
  const cached = known.get(name);
  if (cached !== undefined) return cached;
  const dirs = [...(process.env["PATH"] ?? "").split(delimiter).filter(isAbsolute), ...systemDirs];
  const found = dirs.map((dir) => join(dir, name)).find(isExecutable) ?? null;
  known.set(name, found);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
