import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";

/**
 * The audit writes only what it was asked for, and never into a folder it audits that is not the repository one
 * stands in. Throws BEE-E903.
 */
export async function refuseForeignFolder(cwd: string, root: string, path: string): Promise<void> {
  const audited = await realpath(root).catch(() => null);
  if (audited == null) return;
  const file = await placeOf(path);
  const own = repositoryOf(await realpath(cwd));
  const isInside = (outer: string): boolean => file.startsWith(outer + sep);
  if (!isInside(audited) || isInside(own)) return;
  throw new BeeError({
    code: "BEE-E903",
    message: `${path} lies in the audited folder, which is not the repository here.`,
    detail: "The audit writes nothing into what it audits. Nothing was written.",
    hint: "Name a file outside of it.",
    exit: exitCodes.usage,
  });
}

/** Where a file would end up, through whatever links lead there. */
async function placeOf(path: string): Promise<string> {
  const real = await realpath(path).catch(() => null);
  return real ?? join(dirname(path) === path ? path : await placeOf(dirname(path)), basename(path));
}

/** Where a folder lies below the root of its repository, posix; "" at the root, and without one. */
export async function pathInRepository(root: string): Promise<string> {
  const real = await realpath(root);
  return relative(repositoryOf(real), real).split(sep).join("/");
}

/** Up to the git root; without one the folder itself. */
function repositoryOf(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return cwd;
  }
}
