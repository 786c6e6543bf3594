import { readFileSync } from "node:fs";

interface ProcessUsage {
  /** CPU time of the main thread, where a function's JavaScript runs. */
  readonly cpuMs: number;
  readonly residentMb: number;
}

/** Linux counts CPU time in ticks of 1/100 s (proc(5), USER_HZ). */
const tickMs = 10;

/** Null where there is no /proc or the process is gone. */
export function readUsage(pid: number): ProcessUsage | null {
  if (process.platform !== "linux") return null;
  try {
    const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return {
      cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs,
      residentMb: Number(resident) / 1024,
    };
  } catch {
    return null;
  }
}
