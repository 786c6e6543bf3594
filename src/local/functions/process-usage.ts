import { readFileSync } from "node:fs";

interface ProcessUsage {
  /** CPU time of the main thread, where a function's JavaScript runs. */
  readonly cpuMs: number;
  readonly residentMb: number;
}

/** Linux counts in ticks of 1/100 s and pages of 4 KiB (16 or 64 KiB pages only make the limit stricter to reach). */
const tickMs = 10;
const pageKb = 4;

/** Null where there is no /proc or the process is gone. */
export function readUsage(pid: number): ProcessUsage | null {
  if (process.platform !== "linux") return null;
  try {
    const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const resident = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1];
    return {
      cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs,
      residentMb: (Number(resident) * pageKb) / 1024,
    };
  } catch {
    return null;
  }
}
