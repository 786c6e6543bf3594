import { createRequire } from "node:module";
import { join } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";

const here = createRequire(import.meta.url);

/** `linux-x64`, `darwin-arm64`, … as npm packages name them. */
export const platform = `${process.platform}-${process.arch}`;

/** Folder of an installed optional dependency, or null. Works for packages whose package.json is not exported. */
export function findPackageDir(name: string): string | null {
  for (const root of here.resolve.paths(name) ?? []) {
    const dir = join(root, name);
    try {
      here.resolve(join(dir, "package.json"));
      return dir;
    } catch {
      // Not in this node_modules; the next one up.
    }
  }
  return null;
}

export function missingPackage(part: string, names: readonly string[], override?: string): BeeError {
  const needed = names.join(" or ");
  return new BeeError({
    code: "BEE-E401",
    message: `the embedded platform has no ${part} for ${platform}`,
    detail:
      names.length === 0
        ? `There is no npm package of ${part} for ${platform}.`
        : `Package ${needed} is not installed.`,
    hint: [
      ...(names.length === 0 ? [] : ["Run `npm ci` with optional dependencies (without --omit=optional)."]),
      ...(override == null ? [] : [`Or set ${override} to the path of a ${part} binary.`]),
    ].join(" "),
    exit: exitCodes.usage,
  });
}
