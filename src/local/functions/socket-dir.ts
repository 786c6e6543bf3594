import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A unix socket's path has at most 107 bytes on Linux and 103 on macOS (unix(7)). */
const maxPathBytes = 103;

/**
 * A private folder for the sockets of one run: below `dir`, or among the temporary files when that path is too long.
 * What the last run left, killed perhaps, is removed.
 */
export async function openSocketDir(dir: string): Promise<string> {
  const near = join(dir, "run");
  await rm(near, { recursive: true, force: true });
  const mark = join(dir, "run.path");
  const last = await readFile(mark, "utf8").catch(() => "");
  if (last.startsWith(join(tmpdir(), "bee-fn-"))) await rm(last, { recursive: true, force: true });
  if (Buffer.byteLength(join(near, "1234567.sock")) <= maxPathBytes) {
    await mkdir(near, { mode: 0o700 });
    return near;
  }
  const far = await mkdtemp(join(tmpdir(), "bee-fn-"));
  await writeFile(mark, far, { mode: 0o600 });
  return far;
}
