import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, type ProcessRef, parseProcessRef, readProcessRef } from "./process-ref.ts";

/** The running children of one daemon, on disk, so that the next daemon can end what this one could not. */
export interface ChildRecord {
  add(pid: number): void;
  remove(pid: number): void;
}

export function openChildRecord(path: string): ChildRecord {
  const refs = new Map<number, ProcessRef>();
  const save = () => {
    writeFileSync(`${path}.new`, JSON.stringify([...refs.values()]), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  };
  save();
  return {
    add(pid) {
      const ref = readProcessRef(pid);
      if (ref == null) return;
      refs.set(pid, ref);
      save();
    },
    remove(pid) {
      if (refs.delete(pid)) save();
    },
  };
}

/** Ends the recorded processes that still run: SIGINT, after two seconds SIGKILL. Returns how many there were. */
export async function endLeftovers(path: string): Promise<number> {
  const leftovers = readRecord(path).filter(isAlive);
  for (const ref of leftovers) signal(ref, "SIGINT");
  const deadline = Date.now() + 2000;
  while (leftovers.some(isAlive) && Date.now() < deadline) await sleep(10);
  for (const ref of leftovers) if (isAlive(ref)) signal(ref, "SIGKILL");
  while (leftovers.some(isAlive) && Date.now() < deadline + 2000) await sleep(10);
  return leftovers.length;
}

function readRecord(path: string): readonly ProcessRef[] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Array.isArray(parsed) ? parsed.map(parseProcessRef).filter((ref) => ref != null) : [];
  } catch {
    return [];
  }
}

function signal(ref: ProcessRef, name: NodeJS.Signals): void {
  try {
    process.kill(ref.pid, name);
  } catch {
    // Gone in between.
  }
}
