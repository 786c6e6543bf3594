import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs `work` with a folder of its own for temporary files: what others leave in theirs is not seen. */
export async function inOwnTmp(work: (dir: string) => Promise<void>): Promise<void> {
  const usual = process.env["TMPDIR"];
  const dir = mkdtempSync(join(tmpdir(), "bee-own-"));
  // Servers of root's tests run as another user.
  chmodSync(dir, 0o755);
  process.env["TMPDIR"] = dir;
  try {
    await work(dir);
  } finally {
    if (usual == null) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = usual;
    rmSync(dir, { recursive: true, force: true });
  }
}
