import { chmodSync, constants, copyFileSync, linkSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Copies folders and plain files from `from` into `to`; files are hard links where the file system allows. */
export function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  // Whatever the umask: another user may have to run what is in here.
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isFile()) linkFile(source, target);
  }
}

/** Hard links fail across file systems, and under protected_hardlinks for files of another owner. */
function linkFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
}
