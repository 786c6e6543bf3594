import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readlinkSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { diskFull, isDiskFull } from "./failure.ts";

/** Everything a checkout's platform keeps, below `<project>/.bee/local` (0700). */
export interface LocalPaths {
  readonly root: string;
  readonly identity: string;
  readonly state: string;
  /** The profile file for the supabase CLI. */
  readonly profile: string;
  /** Where `<root>/data` points when it is a link: to another disk, or to memory. */
  readonly data: string;
  readonly logs: string;
  readonly functions: string;
  readonly backups: string;
  readonly lock: string;
  /** Unix sockets and what only lives as long as the daemon. */
  readonly run: string;
  readonly children: string;
}

/** A socket's path may have 107 bytes (unix(7)); this leaves room for `/fn-<48 characters>.sock`. */
const maxRunDirBytes = 107 - 54;

/** Pure; creates nothing. */
export function readLocalPaths(projectDir: string): LocalPaths {
  const root = join(realPath(projectDir), ".bee", "local");
  const near = join(root, "run");
  const run = near.length <= maxRunDirBytes && /^[\x21-\x7e]+$/.test(near) ? near : shortRunDir(root);
  return {
    root,
    run,
    identity: join(root, "identity.json"),
    state: join(root, "state.json"),
    profile: join(root, "cli-profile.yaml"),
    data: follow(root, "data"),
    logs: join(root, "logs"),
    functions: join(root, "functions"),
    backups: join(root, "backups"),
    lock: join(root, "lock"),
    children: join(root, "children.json"),
  };
}

/** Postgres takes paths up to 1,023 bytes and adds its own names. */
const maxRootBytes = 900;

/** Makes the folders, private to this user. Throws BEE-E407 when the checkout cannot be written. */
export function createLocalDirs(paths: LocalPaths): void {
  if (Buffer.byteLength(paths.root) > maxRootBytes) {
    throw new BeeError({
      code: "BEE-E407",
      message: `the path of the checkout is too long for Postgres (${Buffer.byteLength(paths.root)} bytes)`,
      hint: "Move the checkout to a shorter path.",
      exit: exitCodes.usage,
    });
  }
  try {
    for (const dir of [paths.root, paths.logs, paths.functions, paths.backups, paths.lock, paths.run]) {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
    }
  } catch (cause) {
    if (isDiskFull(String(cause))) throw diskFull(paths.root, String(cause));
    throw new BeeError({
      code: "BEE-E407",
      message: `the local platform cannot write to ${paths.root}`,
      detail: String(cause),
      hint: "Run bee in a checkout this user may write to.",
      exit: exitCodes.usage,
      cause,
    });
  }
  const stat = lstatSync(paths.run);
  const uid = process.getuid?.() ?? stat.uid;
  if (stat.isDirectory() && stat.uid === uid && (stat.mode & 0o077) === 0) return;
  throw new BeeError({
    code: "BEE-E407",
    message: `the folder for sockets is not private to this user: ${paths.run}`,
    hint: `Remove ${paths.run}, then run the command again.`,
    exit: exitCodes.usage,
  });
}

/** Outside the checkout, when its path is too long for a socket or not plain ASCII. The same for every start of it. */
function shortRunDir(root: string): string {
  const name = createHash("sha256").update(root).digest("hex").slice(0, 12);
  const base = Buffer.byteLength(tmpdir()) <= 20 ? tmpdir() : "/tmp";
  return join(base, `bee-${process.getuid?.() ?? 0}-${name}`);
}

function follow(dir: string, name: string): string {
  try {
    return resolve(dir, readlinkSync(join(dir, name)));
  } catch {
    return join(dir, name);
  }
}

function realPath(dir: string): string {
  try {
    return realpathSync(dir);
  } catch {
    return dir;
  }
}
