import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { acquireLock, type HeldLock, isHolder, readLockHolder } from "./lock.ts";
import { readProcessRef } from "./process/process-ref.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "bee-lock-"));
});

/** Writes a lock as `pid` would have, from its start. */
function writeLock(number: number, pid: number, startTime: string): void {
  writeFileSync(join(dir, String(number)), JSON.stringify({ process: { pid, startTime }, socket: "/s" }));
}

describe("the lock of a checkout", () => {
  it("is held by one process and tells the others where that one answers", () => {
    expect(readLockHolder(dir)).toBeNull();
    const held = acquireLock(dir, "/run/a.sock") as HeldLock;
    expect(existsSync(held.path)).toBe(true);
    const second = acquireLock(dir, "/run/b.sock");
    expect(second).toEqual({ process: readProcessRef(process.pid), socket: "/run/a.sock" });
    expect(readLockHolder(dir)).toEqual(second);
    expect(readdirSync(dir)).toEqual(["1"]);
  });

  it("is taken over from a process that died, also when its pid lives on in another", async () => {
    const child = spawn("sleep", ["60"]);
    await once(child, "spawn");
    const ref = readProcessRef(child.pid!)!;
    writeLock(4, ref.pid, ref.startTime);
    expect(isHolder(acquireLock(dir, "/mine"))).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(acquireLock(dir, "/mine")).toEqual({ path: join(dir, "5") });
    expect(readdirSync(dir)).toEqual(["5"]);
    writeLock(6, process.pid, "another start");
    expect(acquireLock(dir, "/mine")).toEqual({ path: join(dir, "7") });
  });

  it("is taken over when its file is torn", () => {
    writeFileSync(join(dir, "1"), '{"process":{"pid":');
    expect(acquireLock(dir, "/mine")).toEqual({ path: join(dir, "2") });
  });
});
