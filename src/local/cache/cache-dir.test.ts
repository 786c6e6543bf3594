import { chmodSync, mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openCacheDir, openSharedCacheDir } from "./cache-dir.ts";
import { publishDir } from "./publish-dir.ts";

const names = ["BEE_CACHE_DIR", "XDG_CACHE_HOME", "HOME", "TMPDIR"] as const;
const before = names.map((name) => [name, process.env[name]] as const);
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "bee-cache-test-"));
  for (const name of names) delete process.env[name];
});

afterEach(() => {
  for (const [name, value] of before) {
    if (value == null) delete process.env[name];
    else process.env[name] = value;
  }
});

it("is the folder asked for, else the user's cache, private", () => {
  process.env["HOME"] = dir;
  expect(openCacheDir()).toBe(join(dir, ".cache/bee"));
  process.env["XDG_CACHE_HOME"] = join(dir, "xdg");
  expect(openCacheDir()).toBe(join(dir, "xdg/bee"));
  process.env["BEE_CACHE_DIR"] = join(dir, "mine");
  expect(openCacheDir()).toBe(join(dir, "mine"));
  expect(statSync(join(dir, "mine")).mode & 0o777).toBe(0o700);
});

it("is never one that others may write to", () => {
  process.env["HOME"] = "/dev/null";
  process.env["TMPDIR"] = dir;
  expect(openCacheDir()).toBe(join(dir, `bee-cache-${process.getuid?.() ?? 0}`));
  chmodSync(dir, 0o777);
  process.env["BEE_CACHE_DIR"] = dir;
  expect(() => openCacheDir()).toThrow(expect.objectContaining({ code: "BEE-E407" }));
  process.env["BEE_CACHE_DIR"] = "relative";
  expect(() => openCacheDir()).toThrow(expect.objectContaining({ code: "BEE-E407" }));
});

it("can be walked through by everybody where another user runs what lies in it", () => {
  chmodSync(dir, 0o755);
  process.env["BEE_CACHE_DIR"] = dir;
  expect(openSharedCacheDir()).toBe(join(dir, "shared"));
  expect(statSync(join(dir, "shared")).mode & 0o777).toBe(0o755);
  chmodSync(dir, 0o700);
  process.env["TMPDIR"] = "/tmp";
  expect(openSharedCacheDir()).not.toContain(dir);
});

it("holds folders that are whole or absent, also when several are made at once", async () => {
  let filled = 0;
  const target = join(dir, "thing");
  const publish = () => publishDir(target, async (staging) => chmodSync(staging, ++filled > 0 ? 0o711 : 0));
  await Promise.all([publish(), publish(), publish()]);
  expect(statSync(target).mode & 0o777).toBe(0o711);
  const times = filled;
  await publish();
  expect(filled).toBe(times);
  const failing = publishDir(join(dir, "other"), () => Promise.reject(new Error("half done")));
  await expect(failing).rejects.toThrow("half done");
  expect(() => statSync(join(dir, "other"))).toThrow("ENOENT");
});
