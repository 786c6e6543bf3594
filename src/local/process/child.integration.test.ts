import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { spawnChild } from "./child.ts";
import { readProcessRef } from "./process-ref.ts";

const env = { PATH: process.env["PATH"] ?? "" };
const sleeper = { file: "sleep", args: ["60"], env };

/** Runs `body` in a process of its own, which is to send the pid of a child, and kills that process with -9. */
async function orphan(body: string): Promise<number> {
  const outfile = join(mkdtempSync(join(tmpdir(), "bee-child-")), "parent.mjs");
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  const contents = `import { watch, spawnChild } from "./child.ts"; import { spawn } from "node:child_process"; ${body}`;
  await build({ stdin: { contents, resolveDir }, bundle: true, platform: "node", format: "esm", outfile });
  const parent = spawn(process.execPath, [outfile], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const [pid] = (await once(parent, "message")) as [number];
  parent.kill("SIGKILL");
  await once(parent, "exit");
  return pid;
}

describe("a child", () => {
  it("hands over its lines, and how it ended", async () => {
    const lines: string[] = [];
    const script = "echo out; echo err >&2; printf unended; exit 3";
    const child = await spawnChild(
      { file: "sh", args: ["-c", script], env },
      { deathSignal: "SIGTERM", onLine: (line) => lines.push(line) },
    );
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(lines.sort()).toEqual(["err", "out", "unended"]);
  });

  it("is asked to stop, and made to when it does not listen", async () => {
    const options = { deathSignal: "SIGTERM", onLine: () => {} } as const;
    const polite = await spawnChild(sleeper, options);
    await polite.stop("SIGTERM", 5000);
    expect(await polite.exited).toEqual({ code: null, signal: "SIGTERM" });
    let deaf = false;
    const stubborn = await spawnChild(
      { file: "sh", args: ["-c", "trap '' TERM; echo deaf; while :; do sleep 0.05; done"], env },
      { deathSignal: "SIGTERM", onLine: () => (deaf = true) },
    );
    await expect.poll(() => deaf).toBe(true);
    await stubborn.stop("SIGTERM", 50);
    expect(await stubborn.exited).toEqual({ code: null, signal: "SIGKILL" });
  });

  it("sees of the environment what it is given, and no more", async () => {
    const lines: string[] = [];
    const command = { file: "/usr/bin/env", args: [], env: { ONLY: "this" } };
    const child = await spawnChild(command, { deathSignal: "SIGTERM", onLine: (line) => lines.push(line) });
    await child.exited;
    expect(lines).toEqual(["ONLY=this"]);
  });

  it("does not outlive a parent killed with -9", async () => {
    const pid = await orphan(`
      const child = await spawnChild(${JSON.stringify(sleeper)}, { deathSignal: "SIGTERM", onLine: () => {} });
      process.send(child.pid);
      setInterval(() => {}, 1000);
    `);
    await expect.poll(() => readProcessRef(pid)).toBeNull();
  });

  it("does not outlive it where there is no setpriv either", async () => {
    const pid = await orphan(`
      const child = spawn("sleep", ["60"]);
      watch(child.pid, "SIGTERM", new Promise(() => {}));
      process.send(child.pid);
      setInterval(() => {}, 1000);
    `);
    await expect.poll(() => readProcessRef(pid)).toBeNull();
  });
});
