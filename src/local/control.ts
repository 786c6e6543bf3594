import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { isDaemonMessage } from "./daemon-message.ts";
import { followDaemon } from "./daemon-status.ts";
import { diskFull, isDiskFull } from "./failure.ts";
import { acquireLock, isHolder, type LockHolder, readLockHolder } from "./lock.ts";
import { type LogEntry, type LogQuery, readLogs } from "./logs/read-logs.ts";
import { createLocalDirs, type LocalPaths, readLocalPaths } from "./paths.ts";
import { beforeRestore } from "./postgres/beside-data.ts";
import { endLeftovers } from "./process/leftovers.ts";
import { isAlive, type ProcessRef } from "./process/process-ref.ts";
import type { LocalState } from "./state.ts";

export type { LogEntry } from "./logs/read-logs.ts";
export type { LocalState } from "./state.ts";

interface EnsureOptions {
  readonly onProgress?: (message: string) => void;
}

interface EnsuredPlatform {
  readonly state: LocalState;
  /** False when it ran already, or somebody else was starting it. */
  readonly started: boolean;
  readonly durationMs: number;
}

/** A start that says nothing for so long is not going to end. */
const silenceMs = 60_000;
const answerMs = 2_000;
const stopMs = 10_000;

/** The running platform's state; null when it does not run, is still starting, or does not answer within 2 s. */
export async function readLocalState(projectDir: string): Promise<LocalState | null> {
  const holder = readLockHolder(readLocalPaths(projectDir).lock);
  if (holder == null) return null;
  const status = await followDaemon(holder.socket, answerMs, () => {});
  return status?.type === "ready" ? status.state : null;
}

/**
 * Starts the platform in the background unless it runs; waits until every part serves. A start already under way is
 * waited for. Throws BEE-E401 … E408 with what to do.
 */
export async function ensureLocalPlatform(
  projectDir: string,
  options: EnsureOptions = {},
): Promise<EnsuredPlatform> {
  const begun = performance.now();
  const paths = readLocalPaths(projectDir);
  for (let attempt = 1; ; attempt++) {
    const holder = readLockHolder(paths.lock);
    const socket = holder?.socket ?? (await spawnDaemon(paths, projectDir));
    const status =
      socket == null ? null : await followDaemon(socket, silenceMs, options.onProgress ?? (() => {}));
    if (status?.type === "ready") {
      return {
        state: status.state,
        started: holder == null,
        durationMs: Math.round(performance.now() - begun),
      };
    }
    if (status?.type === "failed") throw new BeeError(status.failure);
    const silent = readLockHolder(paths.lock);
    // A process that was killed is there a moment longer than its socket.
    if (silent != null && silent.socket === socket && !(await hasEnded(silent.process, 1000)))
      throw notAnswering(silent);
    if (attempt === 3) throw diedEarly(paths);
  }
}

/** Ends the platform and whatever an earlier run left behind. False when nothing ran. */
export async function stopLocalPlatform(projectDir: string): Promise<boolean> {
  const paths = readLocalPaths(projectDir);
  const holder = readLockHolder(paths.lock);
  if (holder != null) await endDaemon(holder);
  const leftovers = await endLeftovers(paths.children);
  return holder != null || leftovers > 0;
}

/** Ends the platform and deletes everything it kept: database, functions, secrets, keys, backups, logs. */
export async function resetLocalPlatform(projectDir: string): Promise<void> {
  const paths = readLocalPaths(projectDir);
  await stopLocalPlatform(projectDir);
  if (!existsSync(paths.root)) return;
  const lock = acquireLock(paths.lock, "");
  if (isHolder(lock)) throw startedMeanwhile(lock);
  // A link may point anywhere: nothing but databases is deleted there.
  for (const dir of [paths.data, beforeRestore(paths.data)])
    if (existsSync(join(dir, "PG_VERSION"))) rmSync(dir, { recursive: true, force: true });
  rmSync(paths.run, { recursive: true, force: true });
  rmSync(paths.root, { recursive: true, force: true });
}

/** What the parts logged, oldest first; also when the platform does not run. */
export function readLocalLogs(projectDir: string, query: LogQuery = {}): readonly LogEntry[] {
  return readLogs(readLocalPaths(projectDir).logs, query);
}

/** Starts a daemon; the socket of its status, or null when another one was faster. */
async function spawnDaemon(paths: LocalPaths, projectDir: string): Promise<string | null> {
  createLocalDirs(paths);
  const errors = openErrors(paths);
  const child = spawn(process.execPath, [findDaemon(), projectDir], {
    cwd: paths.root,
    detached: true,
    stdio: ["ignore", "ignore", errors, "ipc"],
  });
  closeSync(errors);
  const first = await Promise.race([
    once(child, "message").then(([message]) => message as unknown),
    once(child, "exit"),
  ]);
  if (child.connected) child.disconnect();
  child.unref();
  if (!isDaemonMessage(first)) throw diedEarly(paths);
  if (first.type === "failed") throw new BeeError(first.failure);
  return first.type === "held" ? null : first.socket;
}

/** Where the daemon's stderr goes: it says something only when it cannot even load. */
function openErrors(paths: LocalPaths): number {
  try {
    return openSync(daemonErrors(paths), "w", 0o600);
  } catch (error) {
    throw isDiskFull(String(error)) ? diskFull(paths.root, String(error)) : error;
  }
}

/** Beside this file in the bundle; the built one when this runs from source. */
function findDaemon(): string {
  const built = ["./daemon.js", "../../dist/daemon.js"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return built.find((path) => existsSync(path)) ?? built[0]!;
}

async function endDaemon({ process: ref }: LockHolder): Promise<void> {
  signal(ref.pid, "SIGTERM");
  if (await hasEnded(ref, stopMs)) return;
  signal(ref.pid, "SIGKILL");
  await hasEnded(ref, Number.POSITIVE_INFINITY);
}

/** Waits for it, `ms` at most. */
async function hasEnded(ref: ProcessRef, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (isAlive(ref) && Date.now() < deadline) await sleep(5);
  return !isAlive(ref);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function daemonErrors(paths: LocalPaths): string {
  return join(paths.logs, "daemon.err");
}

function diedEarly(paths: LocalPaths): BeeError {
  const said = existsSync(daemonErrors(paths)) ? readFileSync(daemonErrors(paths), "utf8").trim() : "";
  return new BeeError({
    code: "BEE-E408",
    message: "the local platform's background process ended before it was ready",
    ...(said === "" ? {} : { detail: said.split("\n").slice(-8).join("\n") }),
    hint: "See `bee local logs --service daemon`, then run the command again.",
    exit: exitCodes.bug,
  });
}

function notAnswering({ process: ref }: LockHolder): BeeError {
  return new BeeError({
    code: "BEE-E408",
    message: `the local platform's background process (pid ${ref.pid}) does not answer`,
    hint: "Run `bee local down`, then the command again.",
    exit: exitCodes.bug,
  });
}

function startedMeanwhile({ process: ref }: LockHolder): BeeError {
  return new BeeError({
    code: "BEE-E409",
    message: `the local platform was started again meanwhile (pid ${ref.pid}); nothing was deleted`,
    hint: "Run `bee local reset` when nothing else uses it.",
    exit: exitCodes.locked,
  });
}
