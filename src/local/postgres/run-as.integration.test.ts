import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { openCacheDir } from "../cache/cache-dir.ts";
import { freePort } from "../ports.ts";
import { readProcessRef } from "../process/process-ref.ts";
import { postgresUrl, withClient } from "./connect.ts";
import { claimDataDir, createDataDir, openTemplate } from "./data-dir.ts";
import { type RunAs, tryNobody, tryUserNamespace } from "./run-as.ts";
import { openPostgresRuntime } from "./runtime.ts";
import { startPostgres } from "./server.ts";

const isRoot = process.getuid?.() === 0;

/** Starts the data folder as `runAs` does, and says who the server thinks it is. */
async function readOwner(dataDir: string, runAs: RunAs): Promise<string> {
  const runtime = await openPostgresRuntime(openCacheDir(), runAs);
  const port = await freePort();
  const server = await startPostgres({ runtime, runAs, dataDir, port, log: () => {} });
  try {
    await claimDataDir(dataDir, port, "password-of-this-test");
    return await withClient(
      postgresUrl({ port, password: "password-of-this-test" }, "supabase_admin"),
      async (client) => {
        const { rows } = await client.query<{ user: string }>("select current_user as user");
        return rows[0]!.user;
      },
    );
  } finally {
    await server.stop();
  }
}

/** Starts it in a process of its own and kills that one with -9. */
async function expectDeathWithParent(dataDir: string, choose: string): Promise<void> {
  const outfile = join(dataDir, "../parent.mjs");
  const runAs = { tryUserNamespace, tryNobody }[choose]!()!;
  const settings = {
    runtime: await openPostgresRuntime(openCacheDir(), runAs),
    dataDir,
    port: await freePort(),
  };
  const contents = `
    import { ${choose} } from "./run-as.ts";
    import { startPostgres } from "./server.ts";
    const server = await startPostgres({ ...${JSON.stringify(settings)}, runAs: ${choose}(), log: () => {} });
    process.send(server.pid);
  `;
  const resolveDir = import.meta.dirname;
  await build({ stdin: { contents, resolveDir }, bundle: true, platform: "node", format: "esm", outfile });
  const parent = spawn(process.execPath, [outfile], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const [pid] = (await once(parent, "message")) as [number];
  parent.kill("SIGKILL");
  await expect.poll(() => readProcessRef(pid), { timeout: 10_000 }).toBeNull();
}

describe.skipIf(!isRoot)("Postgres for root", () => {
  it.each([
    ["a user namespace", tryUserNamespace],
    ["user nobody", tryNobody],
  ])("runs through %s, below folders only root may enter", async (_name, choose) => {
    const runAs = choose();
    expect(runAs).not.toBeNull();
    const dir = mkdtempSync(join(tmpdir(), "bee-root-"));
    chmodSync(dir, 0o700);
    const dataDir = join(dir, "data");
    try {
      const cacheDir = openCacheDir();
      const runtime = await openPostgresRuntime(cacheDir, runAs!);
      await createDataDir(await openTemplate(cacheDir, runtime, runAs!), dataDir);
      expect(await readOwner(dataDir, runAs!)).toBe("supabase_admin");
      expect(statSync(dataDir).uid).toBe(runAs!.owner);
      await expectDeathWithParent(dataDir, choose.name);
      // The next start may be made in another way, as when a container is given user namespaces.
      const other = runAs!.owner === 0 ? tryNobody()! : tryUserNamespace()!;
      expect(await readOwner(dataDir, other)).toBe("supabase_admin");
      expect(statSync(join(dataDir, "base")).uid).toBe(other.owner);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
