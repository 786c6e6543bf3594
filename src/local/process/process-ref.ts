import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process and when it began: a pid alone may by now belong to somebody else. */
export interface ProcessRef {
  readonly pid: number;
  /** Opaque; equal for the same process. */
  readonly startTime: string;
}

/** Null when there is no such process, or only its unreaped rest (a zombie). */
export function readProcessRef(pid: number): ProcessRef | null {
  const startTime = process.platform === "linux" ? readLinuxStart(pid) : readPsStart(pid);
  return startTime == null ? null : { pid, startTime };
}

export function isAlive(ref: ProcessRef): boolean {
  return readProcessRef(ref.pid)?.startTime === ref.startTime;
}

/** Unknown → reference; null when it is none. */
export function parseProcessRef(value: unknown): ProcessRef | null {
  if (typeof value !== "object" || value == null) return null;
  const { pid, startTime } = value as { pid?: unknown; startTime?: unknown };
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 1) return null;
  return typeof startTime === "string" ? { pid, startTime } : null;
}

/** proc(5): the name in parentheses may hold anything; after it come the state and, 19 further, the start time. */
function readLinuxStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function readPsStart(pid: number): string | null {
  try {
    const [state = "", ...start] = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
    })
      .trim()
      .split(/\s+/);
    return state === "" || state.startsWith("Z") ? null : start.join(" ");
  } catch {
    return null;
  }
}
