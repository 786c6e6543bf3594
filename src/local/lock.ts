import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, type ProcessRef, parseProcessRef, readProcessRef } from "./process/process-ref.ts";

/** The process that runs (or is starting) the platform of a checkout, and where it answers. */
export interface LockHolder {
  readonly process: ProcessRef;
  /** Unix socket on which the daemon tells its status. */
  readonly socket: string;
}

export interface HeldLock {
  /** The file that stands for it; when it disappears, so did the checkout. */
  readonly path: string;
}

/**
 * One holder per folder. Files are numbered; the highest counts, and only as long as its process lives. A new holder
 * adds the next number, which only one can do, and so needs no moment between taking away and putting: a lock left
 * behind by kill -9 is taken over without a race.
 */
export function acquireLock(dir: string, socket: string): HeldLock | LockHolder {
  const self = readProcessRef(process.pid);
  if (self == null) throw new Error("cannot read the start time of this process");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const draft = join(dir, `draft-${process.pid}`);
  writeFileSync(draft, JSON.stringify({ process: self, socket }), { mode: 0o600 });
  try {
    for (;;) {
      const numbers = listNumbers(dir);
      const last = numbers.at(-1) ?? 0;
      const holder = readHolder(dir, last);
      if (holder != null) return holder;
      const path = join(dir, String(last + 1));
      if (!tryLink(draft, path)) continue;
      if (listNumbers(dir).at(-1) !== last + 1) {
        rmSync(path);
        continue;
      }
      for (const number of numbers) rmSync(join(dir, String(number)), { force: true });
      return { path };
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

export function isHolder(lock: HeldLock | LockHolder): lock is LockHolder {
  return "process" in lock;
}

/** Who holds the lock now; null when nobody alive does. */
export function readLockHolder(dir: string): LockHolder | null {
  return readHolder(dir, listNumbers(dir).at(-1) ?? 0);
}

function readHolder(dir: string, number: number): LockHolder | null {
  try {
    const value = JSON.parse(readFileSync(join(dir, String(number)), "utf8")) as Partial<
      Record<string, unknown>
    >;
    const ref = parseProcessRef(value["process"]);
    const { socket } = value;
    return ref != null && typeof socket === "string" && isAlive(ref) ? { process: ref, socket } : null;
  } catch {
    return null;
  }
}

function listNumbers(dir: string): readonly number[] {
  try {
    return readdirSync(dir)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
