import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { LogLine } from "../identity.ts";
import { redact } from "./redact.ts";

/** The files `logs/<part>.log` that one daemon writes. */
export interface LogFiles {
  open(part: string): LogLine;
  /** Writes out what is still in memory. */
  flush(): void;
}

const maxBytes = 5 * 1024 * 1024;
const flushMs = 100;

/** One JSON line per entry; beyond 5 MB the file becomes `<part>.log.1` and a new one begins. A full disk loses lines, not the daemon. */
export function createLogFiles(dir: string): LogFiles {
  const pending = new Map<string, string[]>();
  let timer: NodeJS.Timeout | null = null;

  const flush = () => {
    if (timer != null) clearTimeout(timer);
    timer = null;
    for (const [part, lines] of pending) append(join(dir, `${part}.log`), lines.join(""));
    pending.clear();
  };
  return {
    flush,
    open: (part) => (level, message, fields) => {
      const line = redact(JSON.stringify({ at: new Date().toISOString(), part, level, message, ...fields }));
      const lines = pending.get(part);
      if (lines == null) pending.set(part, [`${line}\n`]);
      else lines.push(`${line}\n`);
      timer ??= setTimeout(flush, flushMs);
    },
  };
}

function append(path: string, text: string): void {
  try {
    const fd = openSync(path, "a", 0o600);
    try {
      writeSync(fd, text);
      if (fstatSync(fd).size > maxBytes) renameSync(path, `${path}.1`);
    } finally {
      closeSync(fd);
    }
  } catch {
    // Nowhere to tell it.
  }
}
