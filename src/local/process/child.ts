import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type Command, withWrapper } from "./command.ts";
import { findProgram } from "./find-program.ts";

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly pid: number;
  /** Settles when the process is gone and its output is read to the end. */
  readonly exited: Promise<ChildExit>;
  /** Asks with `signal`, kills after `graceMs`. Returns when it is gone. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<void>;
}

interface ChildOptions {
  /** Sent to the child when this process dies, however it dies. */
  readonly deathSignal: "SIGINT" | "SIGTERM" | "SIGKILL";
  readonly onLine: (line: string) => void;
  readonly cwd?: string;
  /** How it becomes another user. Comes first: a change of user forgets whose death is waited for. */
  readonly wrap?: (command: Command) => Command;
}

/** Starts a program that does not outlive this process. Rejects when it cannot be started. */
export async function spawnChild(command: Command, options: ChildOptions): Promise<Child> {
  const guard = findProgram("setpriv");
  const signal = options.deathSignal.slice(3);
  const guarded = guard == null ? command : withWrapper(command, guard, ["--pdeathsig", signal, "--"]);
  const { file, args, env } = options.wrap?.(guarded) ?? guarded;
  const child = spawn(file, args, {
    env,
    ...(options.cwd == null ? {} : { cwd: options.cwd }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const drained = Promise.all([
    readLines(child.stdout, options.onLine),
    readLines(child.stderr, options.onLine),
  ]);
  const exited = new Promise<ChildExit>((resolve) => {
    child.on("exit", (code, signal) => void drained.then(() => resolve({ code, signal })));
  });
  await once(child, "spawn");
  child.on("error", () => {});
  const pid = child.pid!;
  if (guard == null) watch(pid, options.deathSignal, exited);

  return {
    pid,
    exited,
    async stop(signal, graceMs) {
      child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Where there is no setpriv: a shell that waits on a pipe, which breaks when this process dies. */
export function watch(pid: number, signal: string, exited: Promise<unknown>): void {
  const watchdog = spawn(
    "/bin/sh",
    ["-c", 'read -r line; kill -s "$1" "$2"', "watchdog", signal.slice(3), String(pid)],
    {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    },
  );
  watchdog.on("error", () => {});
  void exited.then(() => watchdog.kill("SIGKILL"));
}

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", onLine);
  await once(lines, "close");
}
