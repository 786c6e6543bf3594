import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCacheDir } from "../cache/cache-dir.ts";
import { freePort } from "../ports.ts";
import { postgresUrl } from "./connect.ts";
import { claimDataDir, createDataDir, openTemplate } from "./data-dir.ts";
import { chooseRunAs } from "./run-as.ts";
import { openPostgresRuntime } from "./runtime.ts";
import { startPostgres } from "./server.ts";

export interface ScratchPostgres {
  /** As `postgres`, who is no superuser: what migrations run as. */
  readonly url: string;
  /** Ends the server and deletes its files. */
  stop(): Promise<void>;
}

/** A server of its own with the database of a new project, empty, up in about 0.3 s; it ends with this process. */
export async function openScratchPostgres(): Promise<ScratchPostgres> {
  const dir = await mkdtemp(join(tmpdir(), "bee-shadow-"));
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    const cacheDir = openCacheDir();
    const runAs = chooseRunAs();
    const runtime = await openPostgresRuntime(cacheDir, runAs);
    const dataDir = join(dir, "data");
    const password = randomBytes(24).toString("hex");
    await createDataDir(await openTemplate(cacheDir, runtime, runAs), dataDir);
    const server = await startPostgres({
      runtime,
      runAs,
      dataDir,
      port: await freePort(),
      durable: false,
      log: () => {},
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await remove();
    };
    try {
      await claimDataDir(dataDir, server.port, password);
    } catch (error) {
      await stop();
      throw error;
    }
    return { url: postgresUrl({ port: server.port, password }, "postgres"), stop };
  } catch (error) {
    await remove();
    throw error;
  }
}
