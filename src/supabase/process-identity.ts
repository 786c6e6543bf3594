import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Which process holds a lock, told so that others can find out whether it still lives. */
export interface ProcessIdentity {
  /** `<host>/<pid>/<start time>`, opaque to others. */
  readonly self: string;
  /** True only when `other` ran on this very host and is gone for sure; false whenever that cannot be known. */
  isGone(other: string): boolean;
}

/** This process. Its pid alone would not do: pids are used again, and every container counts its own. */
export function identifyProcess(pid: number = process.pid): ProcessIdentity {
  const host = identifyHost();
  return {
    self: `${host}/${pid}/${readStart(pid) ?? "unknown"}`,
    isGone(other) {
      const [itsHost, itsPid, itsStart, ...more] = other.split("/");
      const number = Number(itsPid);
      if (itsHost !== host || more.length > 0 || !Number.isSafeInteger(number) || number <= 1) return false;
      if (!exists(number)) return true;
      const start = readStart(number);
      return start != null && itsStart !== "unknown" && start !== itsStart;
    },
  };
}

/** One boot of one kernel and one pid namespace (Linux); elsewhere the host's name. */
function identifyHost(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname().replaceAll("/", "_");
  }
}

/** EPERM: it exists and belongs to somebody else. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** proc(5): behind the name in parentheses, the 20th field; null where it cannot be read. */
function readStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
