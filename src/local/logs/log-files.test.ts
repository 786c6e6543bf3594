import { appendFileSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { createLogFiles } from "./log-files.ts";
import { listParts, readLogs } from "./read-logs.ts";
import { redact } from "./redact.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "bee-logs-"));
});

describe("log files", () => {
  it("keep one private JSON line per entry and part", () => {
    const logs = createLogFiles(dir);
    logs.open("auth")("warn", "slow", { ms: 12 });
    logs.open("rest")("info", "ready");
    logs.flush();
    expect(JSON.parse(readFileSync(join(dir, "auth.log"), "utf8"))).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      part: "auth",
      level: "warn",
      message: "slow",
      ms: 12,
    });
    expect(statSync(join(dir, "auth.log")).mode & 0o777).toBe(0o600);
    expect(listParts(dir)).toEqual(["auth", "rest"]);
  });

  it("begin anew beyond 5 MB and keep the one before", () => {
    const logs = createLogFiles(dir);
    writeFileSync(join(dir, "rest.log"), `${"x".repeat(1023)}\n`.repeat(5 * 1024));
    logs.open("rest")("info", "last of the old file");
    logs.flush();
    logs.open("rest")("info", "first of the new file");
    logs.flush();
    expect(statSync(join(dir, "rest.log")).size).toBeLessThan(200);
    expect(readLogs(dir).map(({ message }) => message)).toEqual([
      "last of the old file",
      "first of the new file",
    ]);
  });

  it("are read across parts in order of time, newest so many, torn lines skipped", () => {
    const line = (part: string, second: number) =>
      `${JSON.stringify({ at: `2026-01-01T00:00:0${second}.000Z`, part, level: "info", message: `${part}${second}` })}\n`;
    appendFileSync(join(dir, "a.log"), line("a", 1) + line("a", 4));
    appendFileSync(join(dir, "b.log"), `${line("b", 2)}{"at":"2026\n${line("b", 3)}`);
    const messages = (query?: Parameters<typeof readLogs>[1]) =>
      readLogs(dir, query).map(({ message }) => message);
    expect(messages()).toEqual(["a1", "b2", "b3", "a4"]);
    expect(messages({ tail: 2 })).toEqual(["b3", "a4"]);
    expect(messages({ service: "b" })).toEqual(["b2", "b3"]);
    expect(messages({ from: "2026-01-01T00:00:02.000Z", to: "2026-01-01T00:00:03.000Z" })).toEqual([
      "b2",
      "b3",
    ]);
    expect(readLogs(join(dir, "none"))).toEqual([]);
  });

  it("lose lines, not the process, when they cannot be written", () => {
    const logs = createLogFiles(join(dir, "gone"));
    logs.open("rest")("info", "nowhere");
    expect(() => logs.flush()).not.toThrow();
  });
});

describe("redact", () => {
  it.each([
    ["Bearer eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2ln-_x end", "Bearer [token] end"],
    ["key sb_secret_abcDEF-12_34567890.", "key sb_secret_[key]."],
    ["sb_publishable_x_y", "sb_publishable_[key]"],
    ["sbp_0123456789abcdef", "sbp_[token]"],
    [
      "postgresql://postgres:s3cr3t@127.0.0.1:5432/postgres",
      "postgresql://postgres:[password]@127.0.0.1:5432/postgres",
    ],
    ["ALTER ROLE x PASSWORD 'it''s me' VALID", "ALTER ROLE x PASSWORD '[password]' VALID"],
    ["nothing to hide: a:b@c", "nothing to hide: a:b@c"],
  ])("%s", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});
