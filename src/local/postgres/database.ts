import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { openCacheDir } from "../cache/cache-dir.ts";
import type { LogLine } from "../identity.ts";
import { freePort } from "../ports.ts";
import type { ChildRecord } from "../process/leftovers.ts";
import { type Supervised, supervise } from "../process/supervise.ts";
import { beforeRestore } from "./beside-data.ts";
import type { LoginRole } from "./bootstrap.ts";
import { postgresUrl } from "./connect.ts";
import { claimDataDir, createDataDir, openTemplate } from "./data-dir.ts";
import { chooseRunAs } from "./run-as.ts";
import { openPostgresRuntime } from "./runtime.ts";
import { type PostgresServer, startPostgres } from "./server.ts";
import { isPortTaken, isStillEnding } from "./start-failure.ts";

interface DatabaseOptions {
  readonly dataDir: string;
  readonly password: string;
  readonly preferredPort?: number;
  readonly children: ChildRecord;
  readonly log: LogLine;
  readonly onProgress: (message: string) => void;
  /** After Postgres died and came back. */
  readonly onRestarted: () => void;
}

export interface LocalDatabase {
  readonly port: number;
  readonly packageVersion: string;
  readonly server: Supervised<PostgresServer>;
  url(role: LoginRole): string;
}

const attempts = 10;
const endingMs = 300;

/** The checkout's database, running and kept running. Made when there is none; an existing one is only started. */
export async function openDatabase(options: DatabaseOptions): Promise<LocalDatabase> {
  const { dataDir, password, children, log, onProgress, onRestarted } = options;
  const cacheDir = openCacheDir();
  const runAs = chooseRunAs();
  const runtime = await openPostgresRuntime(cacheDir, runAs);
  await undoHalfRestore(dataDir);
  if (!existsSync(dataDir)) {
    onProgress("creating the database");
    await createDataDir(await openTemplate(cacheDir, runtime, runAs), dataDir);
  }
  onProgress("starting Postgres");
  let port = await freePort(options.preferredPort);
  let opened = false;
  const start = async (): Promise<PostgresServer> => {
    const server = await startPostgres({ runtime, runAs, dataDir, port, log });
    children.add(server.pid);
    void server.exited.then(() => children.remove(server.pid));
    return server;
  };
  const server = await supervise({
    name: "Postgres",
    start: async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await start();
        } catch (error) {
          if (attempt === attempts) throw error;
          if (isStillEnding(error)) await sleep(endingMs);
          else if (isPortTaken(error) && !opened) port = await freePort();
          else throw error;
        }
      }
    },
    stop: (running) => running.stop(),
    onRestarted,
    log,
  });
  opened = true;
  await claimDataDir(dataDir, port, password);
  await rm(beforeRestore(dataDir), { recursive: true, force: true });
  return {
    port,
    packageVersion: runtime.packageVersion,
    server,
    url: (role) => postgresUrl({ port, password }, role),
  };
}

/** A restore cut off between taking the old database away and putting the copy in its place. */
async function undoHalfRestore(dataDir: string): Promise<void> {
  if (!existsSync(dataDir) && existsSync(beforeRestore(dataDir)))
    await rename(beforeRestore(dataDir), dataDir);
}
