import { chmodSync, mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createLocalDirs, readLocalPaths } from "./paths.ts";

it("keeps everything below .bee/local of the checkout, private", () => {
  const paths = readLocalPaths(mkdtempSync("/tmp/bee-p-"));
  createLocalDirs(paths);
  for (const dir of [paths.root, paths.logs, paths.functions, paths.backups, paths.lock, paths.run]) {
    expect([dir, statSync(dir).mode & 0o777]).toEqual([dir, 0o700]);
  }
  expect(paths.run).toBe(join(paths.root, "run"));
});

it.each(["x".repeat(90), "ünïcode", "with space"])(
  "keeps sockets in a short plain path for a checkout in %s",
  (name) => {
    const { run, data } = readLocalPaths(`/nowhere/${name}`);
    expect(run).toMatch(/^\/\S*bee-\d+-[0-9a-f]{12}$/);
    expect(Buffer.byteLength(join(run, `${"f".repeat(48)}.sock`))).toBeLessThan(107);
    expect(data).toBe(`/nowhere/${name}/.bee/local/data`);
    expect(readLocalPaths(`/nowhere/${name}`).run).toBe(run);
  },
);

it("refuses a path Postgres cannot take, and says what to do", () => {
  expect(() => createLocalDirs(readLocalPaths(`/tmp/${"long/".repeat(200)}`))).toThrow(
    expect.objectContaining({ code: "BEE-E407", hint: expect.stringContaining("shorter path") }),
  );
});

it("refuses a folder for sockets that others may enter", () => {
  const paths = readLocalPaths(mkdtempSync(join(tmpdir(), "bee-p-")));
  createLocalDirs(paths);
  chmodSync(paths.run, 0o755);
  expect(() => createLocalDirs(paths)).toThrow(expect.objectContaining({ code: "BEE-E407" }));
});
