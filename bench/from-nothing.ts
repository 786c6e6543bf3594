import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { root } from "./root.ts";
import { median, type Result, round } from "./table.ts";
import { time } from "./time.ts";

const rounds = 5;

/**
 * A fresh clone after npm ci, nothing built and no cache, to deployed and verified; then warm: the platform was
 * stopped, its binaries and data are there.
 */
export async function benchFromNothing(): Promise<Result> {
  const samples: Record<"nothing" | "warm", number[]> = { nothing: [], warm: [] };
  for (let i = 0; i < rounds; i++) {
    const scratch = await mkdtemp(join(tmpdir(), "bee-nothing-"));
    const dir = join(scratch, "clone");
    const env = { BEE_CACHE_DIR: join(scratch, "cache") };
    const run = (...args: string[]): Promise<number> =>
      time(process.execPath, [join(dir, "bin/bee.js"), "--quiet", ...args], { cwd: dir, env });
    try {
      await execa("git", ["clone", "--quiet", root, dir]);
      await symlink(join(root, "node_modules"), join(dir, "node_modules"));
      samples.nothing.push(await run("deploy", "phase1"));
      await run("local", "down");
      samples.warm.push(await run("deploy", "phase1"));
      await run("local", "down");
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
  return {
    samples,
    figures: [
      {
        what: "from nothing (after npm ci) to deployed and verified",
        measured: round(median(samples.nothing)),
        unit: "ms",
        goal: 4000,
      },
      {
        what: "warm: platform stopped, data there",
        measured: round(median(samples.warm)),
        unit: "ms",
        goal: 1500,
      },
    ],
  };
}
