import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSources } from "./read-sources.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "bee-sources-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(join(dir, path, ".."), { recursive: true });
  writeFileSync(join(dir, path), content);
}

describe("readSources", () => {
  it("reads sources, sorted, without a byte order mark, and leaves the rest alone", async () => {
    write("b.sql", "select 1;");
    write("a.ts", "\ufeffconst a = 1;");
    write("logo.png", "PNG");
    write("node_modules/x/index.js", "x");
    write("dist/main.js", "x");
    write(".git/config.sql", "x");
    write(".env", "SECRET=1");
    write(".env.production", "SECRET=1");
    write(".env.example", "SECRET=");
    const { files, unread } = await readSources(dir);
    expect(files).toEqual([
      { path: ".env.example", text: "SECRET=" },
      { path: "a.ts", text: "const a = 1;" },
      { path: "b.sql", text: "select 1;" },
    ]);
    expect(unread).toEqual([]);
  });

  it("names what is too large or no text, and goes on", async () => {
    write("big.sql", "-".repeat(5 * 1024 * 1024 + 1));
    write("binary.sql", new Uint8Array([115, 0, 101]));
    write("latin1.sql", new Uint8Array([0xe9, 0x20, 0x61]));
    write("fine.sql", "select 1;");
    const { files, unread } = await readSources(dir);
    expect(files.map(({ path }) => path)).toEqual(["fine.sql"]);
    expect(unread).toEqual([
      { path: "big.sql", reason: "too large", detail: "5.0 MB" },
      { path: "binary.sql", reason: "not text", detail: "it holds NUL bytes" },
      { path: "latin1.sql", reason: "not text", detail: "it is not UTF-8" },
    ]);
  });

  it("follows links inside once, and none that lead round or out", async () => {
    write("lib/a.ts", "a");
    symlinkSync(dir, join(dir, "lib/round"));
    symlinkSync("loop.ts", join(dir, "loop.ts"));
    symlinkSync(join(dir, "lib"), join(dir, "again"));
    symlinkSync(join(dir, "lib/a.ts"), join(dir, "b.ts"));
    symlinkSync("/etc", join(dir, "etc"));
    const { files, unread } = await readSources(dir);
    expect(files.map(({ path }) => path)).toEqual(["b.ts", "lib/a.ts"]);
    expect(unread).toEqual([
      { path: "etc", reason: "leads outside", detail: "a link out of the audited folder" },
      { path: "loop.ts", reason: "unreadable", detail: "ELOOP" },
    ]);
  });

  it("finds nothing in an empty folder", async () => {
    expect(await readSources(dir)).toEqual({ files: [], unread: [] });
  });
});
