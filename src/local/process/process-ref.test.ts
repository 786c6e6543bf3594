import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { endLeftovers, openChildRecord } from "./leftovers.ts";
import { isAlive, parseProcessRef, readProcessRef } from "./process-ref.ts";

describe("a process reference", () => {
  it("is the same process only while that one lives", async () => {
    const child = spawn("sleep", ["60"]);
    await once(child, "spawn");
    const ref = readProcessRef(child.pid!)!;
    expect(isAlive(ref)).toBe(true);
    expect(isAlive({ ...ref, startTime: "other" })).toBe(false);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isAlive(ref)).toBe(false);
  });

  it.each([
    null,
    1,
    {},
    { pid: 1, startTime: "0" },
    { pid: -5, startTime: "0" },
    { pid: 77 },
    { pid: "77", startTime: "0" },
  ])("is not read from %j", (value) => {
    expect(parseProcessRef(value)).toBeNull();
  });
});

describe("leftovers", () => {
  it("are the recorded children that still run; they are ended, and nobody else", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "bee-left-")), "children.json");
    const [left, stubborn, gone] = [
      spawn("sleep", ["60"]),
      spawn("sh", ["-c", "trap '' INT; echo deaf; while :; do sleep 0.05; done"]),
      spawn("true"),
    ];
    await once(stubborn.stdout, "data");
    const record = openChildRecord(path);
    record.add(left.pid!);
    record.add(stubborn.pid!);
    record.add(gone.pid!);
    record.remove(gone.pid!);
    const exits = Promise.all([left, stubborn].map((child) => once(child, "exit")));
    expect(await endLeftovers(path)).toBe(2);
    expect((await exits).map(([, signal]) => signal as string)).toEqual(["SIGINT", "SIGKILL"]);
    expect(await endLeftovers(path)).toBe(0);
  });

  it("leave a stranger with the same pid alone", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "bee-left-")), "children.json");
    writeFileSync(path, JSON.stringify([{ pid: process.pid, startTime: "long ago" }]));
    expect(await endLeftovers(path)).toBe(0);
    writeFileSync(path, "torn");
    expect(await endLeftovers(path)).toBe(0);
    expect(readFileSync(path, "utf8")).toBe("torn");
  });
});
