import { chmod, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { root } from "./bee.ts";

/** Puts a stand-in for k6 into `dir`. Answers a PATH with it in front. */
export async function installK6(dir: string): Promise<string> {
  const file = join(dir, "k6");
  await writeFile(
    file,
    `#!/bin/sh\nexec '${process.execPath}' '${join(root, "tests/support/k6/k6.mjs")}' "$@"\n`,
  );
  await chmod(file, 0o755);
  return `${dir}${delimiter}${process.env["PATH"] ?? ""}`;
}
