import { accessSync, constants, lstatSync, mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";

/**
 * The user's folder for unpacked binaries and templates, made when missing (0700): $BEE_CACHE_DIR, else
 * $XDG_CACHE_HOME/bee, else ~/.cache/bee, else one in the temporary folder that belongs to this user alone.
 */
export function openCacheDir(): string {
  const wanted = process.env["BEE_CACHE_DIR"];
  if (wanted != null && wanted !== "") {
    if (isAbsolute(wanted) && isUsable(wanted)) return wanted;
    throw new BeeError({
      code: "BEE-E407",
      message: `BEE_CACHE_DIR is not an absolute path to a folder that can be written: ${wanted}`,
      hint: "Set BEE_CACHE_DIR to a writable folder, or unset it.",
      exit: exitCodes.usage,
    });
  }
  const xdg = process.env["XDG_CACHE_HOME"];
  const home = process.env["HOME"] === "" ? null : homedir();
  const candidates = [
    xdg != null && isAbsolute(xdg) ? join(xdg, "bee") : null,
    home == null ? null : join(home, ".cache", "bee"),
    join(tmpdir(), `bee-cache-${process.getuid?.() ?? 0}`),
  ];
  const dir = candidates.find((candidate) => candidate != null && isUsable(candidate));
  if (dir != null) return dir;
  throw new BeeError({
    code: "BEE-E407",
    message: "no folder for bee's cache can be written",
    detail: candidates.filter((candidate) => candidate != null).join("\n"),
    hint: "Set BEE_CACHE_DIR to a writable folder.",
    exit: exitCodes.usage,
  });
}

/** Binaries are run from here: a folder another user could have planted or may write to is no use. */
function isUsable(dir: string): boolean {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    accessSync(dir, constants.W_OK | constants.X_OK);
    const stat = lstatSync(dir);
    const uid = process.getuid?.() ?? stat.uid;
    return stat.isDirectory() && stat.uid === uid && (stat.mode & 0o022) === 0;
  } catch {
    return false;
  }
}
