import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";

/**
 * The audit writes only what it was asked for, and never into a folder it audits that is not the repository one
 * stands in. Throws BEE-E903.
 */
export async function refuseForeignFolder(cwd: string, root: string, path: string): Promise<void> {
  const folder = await realpath(dirname(path)).catch(() => dirname(path));
  const audited = await realpath(root);
  const own = repositoryOf(await realpath(cwd));
  const isInside = (outer: string): boolean => folder === outer || folder.startsWith(outer + sep);
  if (!isInside(audited) || isInside(own)) return;
  throw new BeeError({
    code: "BEE-E903",
    message: `${path} lies in the audited folder, which is not the repository here.`,
    detail: "The audit writes nothing into what it audits. Nothing was written.",
    hint: "Name a file outside of it.",
    exit: exitCodes.usage,
  });
}

/** Up to the git root; without one the folder itself. */
function repositoryOf(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return cwd;
  }
}
