import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { identifyProcess } from "./process-identity.ts";

describe("a process identity", () => {
  it("tells a process that lives, stopped or not, from one that is gone", async () => {
    const child = spawn("sleep", ["60"]);
    const { self } = identifyProcess(child.pid);
    const own = identifyProcess();
    expect(own.isGone(own.self)).toBe(false);
    expect(own.isGone(self)).toBe(false);
    child.kill("SIGSTOP");
    expect(own.isGone(self)).toBe(false);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(own.isGone(self)).toBe(true);
  });

  it("is not taken in by a pid that is used again", () => {
    const own = identifyProcess();
    const earlier = own.self.replace(/\/[^/]+$/, "/1");
    expect(own.isGone(earlier)).toBe(process.platform === "linux");
  });

  it("knows nothing of other hosts, nor of what it cannot read", () => {
    const own = identifyProcess();
    for (const other of [
      "elsewhere/999999/1",
      "",
      "a/b",
      own.self.replace(/\/\d+\//, "/x/"),
      `${own.self}/1`,
    ]) {
      expect(own.isGone(other)).toBe(false);
    }
  });
});
