import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./bee.ts";

/** Runs the `sh` blocks of a page in one shell, in a project. Throws with what the first failing line said. */
export async function runDocBlocks(page: string, dir: string): Promise<string> {
  const text = await readFile(join(root, page), "utf8");
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? "");
  if (blocks.length === 0) throw new Error(`${page} has no sh blocks`);
  const bin = join(dir, ".bin");
  await mkdir(bin, { recursive: true });
  await writeFile(
    join(bin, "bee"),
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, "bin/bee.js")}" "$@"\n`,
  );
  await chmod(join(bin, "bee"), 0o755);
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", blocks.join("\n")], {
    cwd: dir,
    env: { ...process.env, NO_COLOR: "1", CI: "true", PATH: `${bin}:${process.env["PATH"] ?? ""}` },
  });
  return stdout;
}
