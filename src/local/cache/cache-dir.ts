import { accessSync, chmodSync, constants, lstatSync, mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";

/**
 * The user's folder for unpacked binaries and templates, made when missing (0700): $BEE_CACHE_DIR, else
 * $XDG_CACHE_HOME/bee, else ~/.cache/bee, else one in the temporary folder that belongs to this user alone.
 */
export function openCacheDir(): string {
  const wanted = process.env["BEE_CACHE_DIR"];
  if (wanted == null || wanted === "") return pick([...homeCaches(), temporaryCache()], isPrivate);
  if (isAbsolute(wanted) && isPrivate(wanted)) return wanted;
  throw new BeeError({
    code: "BEE-E407",
    message: `BEE_CACHE_DIR is not an absolute path to a folder that only this user can write: ${wanted}`,
    hint: "Set BEE_CACHE_DIR to such a folder, or unset it.",
    exit: exitCodes.usage,
  });
}

/** The same for programs that another user is to run (0755, and every folder above it can be walked through). */
export function openSharedCacheDir(): string {
  const wanted = process.env["BEE_CACHE_DIR"] ?? "";
  const first = isAbsolute(wanted) ? [join(wanted, "shared")] : [];
  return pick([...first, "/var/cache/bee", temporaryCache()], isShared);
}

function homeCaches(): readonly string[] {
  const xdg = process.env["XDG_CACHE_HOME"] ?? "";
  const home = process.env["HOME"] === "" ? [] : [join(homedir(), ".cache", "bee")];
  return isAbsolute(xdg) ? [join(xdg, "bee"), ...home] : home;
}

function temporaryCache(): string {
  return join(tmpdir(), `bee-cache-${process.getuid?.() ?? 0}`);
}

function pick(candidates: readonly string[], isUsable: (dir: string) => boolean): string {
  const dir = candidates.find(isUsable);
  if (dir != null) return dir;
  throw new BeeError({
    code: "BEE-E407",
    message: "no folder for bee's cache can be used",
    detail: candidates.join("\n"),
    hint: "Set BEE_CACHE_DIR to a folder that this user can write.",
    exit: exitCodes.usage,
  });
}

function isPrivate(dir: string): boolean {
  return isOwn(dir, 0o700);
}

function isShared(dir: string): boolean {
  if (!isOwn(dir, 0o755)) return false;
  chmodSync(dir, 0o755);
  for (let above = dirname(dir); above !== dirname(above); above = dirname(above)) {
    if ((lstatSync(above).mode & 0o001) === 0) return false;
  }
  return true;
}

/** Binaries are run from here: a folder another user could have planted or may write to is no use. */
function isOwn(dir: string, mode: number): boolean {
  try {
    mkdirSync(dir, { recursive: true, mode });
    accessSync(dir, constants.W_OK | constants.X_OK);
    const stat = lstatSync(dir);
    const uid = process.getuid?.() ?? stat.uid;
    return stat.isDirectory() && stat.uid === uid && (stat.mode & 0o022) === 0;
  } catch {
    return false;
  }
}
