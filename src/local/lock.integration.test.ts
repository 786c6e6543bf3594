import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("goes to exactly one of many processes that start at once, over a lock left behind", async () => {
  const dir = mkdtempSync(join(tmpdir(), "bee-lock-"));
  const contender = join(dir, "contender.mjs");
  await build({
    stdin: {
      contents: `
        import { acquireLock, isHolder } from "./lock.ts";
        process.on("message", (lockDir) => process.send(isHolder(acquireLock(lockDir, "/s")) ? "held" : "won"));
        process.on("disconnect", () => process.exit());
        process.send("ready");
      `,
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: contender,
  });
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, [contender], { stdio: ["ignore", "inherit", "inherit", "ipc"] }),
  );
  const hear = (child: ChildProcess) => once(child, "message").then(([message]) => message as string);
  try {
    await Promise.all(children.map(hear));
    for (let round = 0; round < 20; round++) {
      const lockDir = mkdtempSync(join(dir, "round-"));
      writeFileSync(
        join(lockDir, "1"),
        JSON.stringify({ process: { pid: 4194303, startTime: "0" }, socket: "/s" }),
      );
      const answers = Promise.all(children.map(hear));
      for (const child of children) child.send(lockDir);
      expect((await answers).filter((answer) => answer === "won")).toEqual(["won"]);
    }
  } finally {
    for (const child of children) child.kill("SIGKILL");
  }
});
