import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RepositoryExtent, RepositoryLine } from "../ports/repository.ts";
import { createGitRepository } from "./git-repository.ts";
import { createInvocationRunner } from "./invocation.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "bee-repository-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const identity = {
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@example.invalid",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@example.invalid",
};

function git(...args: readonly string[]): void {
  execFileSync("git", ["-C", dir, "-c", "init.defaultBranch=main", ...args], {
    env: { ...process.env, ...identity, GIT_CONFIG_GLOBAL: "/dev/null" },
    stdio: "ignore",
  });
}

function write(path: string, text: string | Buffer): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
}

function commit(path: string, text: string): void {
  write(path, text);
  git("add", "-A");
  git("commit", "-q", "-m", "change");
}

const never = new AbortController().signal;
const open = (root = dir, timeoutMs?: number) =>
  createGitRepository({
    root,
    run: createInvocationRunner({ env: process.env }),
    ...(timeoutMs == null ? {} : { timeoutMs }),
  });

type Way = "readHistory" | "readFiles";

async function read(
  way: Way,
  root = dir,
): Promise<{ readonly lines: readonly RepositoryLine[]; readonly extent: RepositoryExtent | null }> {
  const lines: RepositoryLine[] = [];
  const extent = await open(root)[way]((line) => lines.push(line), never);
  return { lines, extent };
}

const places = (lines: readonly RepositoryLine[]): readonly string[] =>
  lines.map(({ file, line, text }) => `${file}:${line} ${text}`);

describe("readHistory", () => {
  it("finds lines that were added and taken out again, on every branch", async () => {
    git("init", "-q");
    commit("a.ts", "one\ntwo\n");
    commit("a.ts", "one\n");
    git("checkout", "-q", "-b", "side");
    commit("b/ü n.ts", "side\n");
    git("checkout", "-q", "main");
    const { lines, extent } = await read("readHistory");
    expect([...places(lines)].sort()).toEqual(["a.ts:1 one", "a.ts:2 two", "b/ü n.ts:1 side"]);
    expect(extent).toEqual({ files: 3, commits: 3, leftOut: [] });
    expect(lines.every(({ commit: sha }) => /^[0-9a-f]{40}$/.test(sha ?? ""))).toBe(true);
  });

  it("finds what only a merge brought in", async () => {
    git("init", "-q");
    commit("a.ts", "one\n");
    git("checkout", "-q", "-b", "side");
    commit("b.ts", "side\n");
    git("checkout", "-q", "main");
    commit("c.ts", "main\n");
    git("merge", "-q", "--no-commit", "--no-ff", "side");
    write("b.ts", "side\nslipped in\n");
    git("commit", "-q", "-a", "-m", "merge");
    const { lines } = await read("readHistory");
    expect(places(lines)).toContain("b.ts:2 slipped in");
  });

  it("is not led astray by content that looks like a diff", async () => {
    git("init", "-q");
    commit("patch.txt", "+++ b/other.ts\n@@ -0,0 +1 @@\ndiff --git a/x b/x\n-- gone\n++ plus\n\u0001abc\n");
    const { lines } = await read("readHistory");
    expect(places(lines)).toEqual([
      "patch.txt:1 +++ b/other.ts",
      "patch.txt:2 @@ -0,0 +1 @@",
      "patch.txt:3 diff --git a/x b/x",
      "patch.txt:4 -- gone",
      "patch.txt:5 ++ plus",
      "patch.txt:6 \u0001abc",
    ]);
  });

  it("runs nothing that the repository names", async () => {
    git("init", "-q");
    const ran = join(dir, "..", `${dir.split("/").at(-1)}-ran`);
    const evil = `sh -c 'echo x > ${ran}' --`;
    write(".gitattributes", "*.ts diff=evil filter=evil\n");
    commit("a.ts", "one\n");
    for (const name of [
      "core.fsmonitor",
      "core.pager",
      "pager.log",
      "diff.external",
      "diff.evil.command",
      "diff.evil.textconv",
      "gpg.program",
      "core.sshCommand",
      "filter.evil.clean",
      "filter.evil.smudge",
    ])
      git("config", name, evil);
    git("config", "log.showSignature", "true");
    mkdirSync(join(dir, "hooks"));
    writeFileSync(join(dir, "hooks/post-index-change"), `#!/bin/sh\necho x > ${ran}\n`, { mode: 0o755 });
    git("config", "core.hooksPath", join(dir, "hooks"));
    rmSync(ran, { force: true });
    expect(places((await read("readHistory")).lines)).toContain("a.ts:1 one");
    expect(places((await read("readFiles")).lines)).toContain("a.ts:1 one");
    expect(existsSync(ran)).toBe(false);
  });

  it("says that a shallow clone is not everything", async () => {
    git("init", "-q");
    commit("a.ts", "one\n");
    commit("a.ts", "two\n");
    const clone = join(dir, "clone");
    execFileSync("git", ["clone", "-q", "--depth", "1", `file://${dir}`, clone], { stdio: "ignore" });
    expect((await read("readHistory", clone)).extent?.leftOut).toEqual([
      "commits before the clone's depth (git fetch --unshallow)",
    ]);
  });

  it("answers null where there is no version control", async () => {
    write("a.ts", "one\n");
    expect((await read("readHistory")).extent).toBeNull();
  });

  it("says what it had no time for", async () => {
    git("init", "-q");
    for (let index = 0; index < 5; index += 1) commit("a.ts", `${index}\n`.repeat(20_000));
    const extent = await open(dir, 1)
      .readHistory(() => undefined, never)
      .catch((error: unknown) => error);
    // Even asking whether there is a repository may take longer than a millisecond.
    expect(JSON.stringify(extent)).toMatch(/no time left|BEE-E841/);
  });
});

describe("readFiles", () => {
  it("reads what git knows or would add, and built artefacts; neither ignored secrets nor binaries nor links", async () => {
    git("init", "-q");
    write(".gitignore", "dist/\n.env\nnode_modules/\n");
    commit("a.ts", "one\n");
    write("new.ts", "two\n");
    write("dist/app.js", "built\n");
    write(".env", "SECRET=1\n");
    write("node_modules/x/index.js", "dependency\n");
    write("image.png", Buffer.from([0x89, 0x50, 0, 1]));
    symlinkSync("/etc/hostname", join(dir, "link"));
    const { lines, extent } = await read("readFiles");
    const files = new Set(lines.map(({ file }) => file));
    expect([...files].sort()).toEqual([".gitignore", "a.ts", "dist/app.js", "new.ts"]);
    expect(extent?.leftOut).toEqual([]);
  });

  it("reads a folder without version control", async () => {
    write("supabase/functions/a/index.ts", "one\n");
    expect(places((await read("readFiles")).lines)).toContain("supabase/functions/a/index.ts:1 one");
  });

  it("names a file that is too large", async () => {
    write("big.txt", Buffer.alloc(9 * 1024 * 1024, "x"));
    expect((await read("readFiles")).extent?.leftOut).toEqual(["big.txt (9216 KiB)"]);
  });
});

it("reads the modes of what holds secrets, not of examples", async () => {
  for (const name of [".env", ".env.production", ".env.example", "supabase/functions/.env"])
    write(name, "A=1\n");
  mkdirSync(join(dir, ".bee"));
  chmodSync(join(dir, ".bee"), 0o700);
  chmodSync(join(dir, ".env"), 0o644);
  chmodSync(join(dir, ".env.production"), 0o600);
  chmodSync(join(dir, "supabase/functions/.env"), 0o640);
  const modes = (await open().readPrivate()).map(({ path, mode }) => `${path} ${mode.toString(8)}`);
  expect([...modes].sort()).toEqual([
    ".bee 700",
    ".env 644",
    ".env.production 600",
    "supabase/functions/.env 640",
  ]);
});
