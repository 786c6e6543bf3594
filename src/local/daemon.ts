import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DaemonMessage } from "./daemon-message.ts";
import { asFailure, serveStatus } from "./daemon-status.ts";
import { acquireLock, isHolder } from "./lock.ts";
import { createLogFiles } from "./logs/log-files.ts";
import { createLocalDirs, readLocalPaths } from "./paths.ts";
import { type Platform, startPlatform } from "./platform.ts";
import { endLeftovers, openChildRecord } from "./process/leftovers.ts";

const checkoutCheckMs = 2_000;
/** How long a failed start waits to be asked why. */
const hearMs = 2_000;

/** The background process of one checkout. Started by control.ts with the project folder as its argument. */
async function main(projectDir: string): Promise<void> {
  const paths = readLocalPaths(projectDir);
  createLocalDirs(paths);
  const socket = join(paths.run, `daemon-${process.pid}.sock`);
  // Before the lock: whoever finds the lock held finds a socket that answers.
  const status = await serveStatus(socket);
  const lock = acquireLock(paths.lock, socket);
  if (isHolder(lock)) {
    await status.close();
    return send({ type: "held" });
  }
  removeStaleSockets(paths.run, socket);
  const logs = createLogFiles(paths.logs);
  const log = logs.open("daemon");
  let platform: Platform | null = null;
  let ending = false;
  const end = async (exitCode: number, why: string) => {
    if (ending) return;
    ending = true;
    log("info", `stopping: ${why}`);
    await platform
      ?.stop()
      .catch((error: unknown) => log("error", "stopping failed", { error: String(error) }));
    await status.close();
    logs.flush();
    process.exit(exitCode);
  };
  process.on("SIGTERM", () => void end(0, "SIGTERM"));
  process.on("SIGINT", () => void end(0, "SIGINT"));
  process.on("SIGHUP", () => {});
  process.on("uncaughtException", (error) => {
    log("error", "unexpected", { error: error.stack ?? String(error) });
    void end(1, "an unexpected error");
  });

  send({ type: "listening", socket });
  try {
    const leftovers = await endLeftovers(paths.children);
    if (leftovers > 0) log("warn", "ended processes of an earlier run", { count: leftovers });
    platform = await startPlatform({
      paths,
      logs,
      children: openChildRecord(paths.children),
      onProgress: (message) => status.tell({ type: "progress", message }),
    });
    log("info", "ready", { url: platform.state.url });
    status.tell({ type: "ready", state: platform.state });
  } catch (error) {
    const failure = asFailure(error, projectDir);
    log("error", failure.message, { code: failure.code, detail: failure.detail });
    status.tell({ type: "failed", failure });
    await Promise.race([status.heard, sleep(hearMs)]);
    await end(1, "the start failed");
  }
  setInterval(() => {
    if (!existsSync(lock.path)) void end(0, "the checkout is gone");
  }, checkoutCheckMs).unref();
}

/** Sockets that killed daemons left. */
function removeStaleSockets(runDir: string, own: string): void {
  for (const name of readdirSync(runDir)) {
    const path = join(runDir, name);
    if (name.startsWith("daemon-") && path !== own) rmSync(path, { force: true });
  }
}

/** Says it to whoever started this process, if that one still listens, and lets go of it. */
function send(message: DaemonMessage, done = () => {}): void {
  if (process.send == null || !process.connected) {
    done();
    return;
  }
  process.send(message, () => {
    if (process.connected) process.disconnect();
    done();
  });
}

const projectDir = process.argv[2] ?? process.cwd();
await main(projectDir).catch((error: unknown) => {
  send({ type: "failed", failure: asFailure(error, projectDir) }, () => process.exit(1));
});
