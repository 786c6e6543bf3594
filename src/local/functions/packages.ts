import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { satisfies } from "./specifier.ts";

/** Directory beside node_modules that has the package in the asked range, or why there is none. */
type PackageAnswer = { readonly dir: string } | { readonly missing: string };

/** Folders whose node_modules serve functions: the asked ones first, then those of bee itself. */
export function packageRoots(extra: readonly string[]): readonly string[] {
  const own = createRequire(import.meta.url).resolve.paths("x") ?? [];
  return [...extra, ...own.map((path) => dirname(path))].filter((dir) =>
    existsSync(join(dir, "node_modules")),
  );
}

export function findPackage(roots: readonly string[], name: string, range: string): PackageAnswer {
  const found: string[] = [];
  for (const dir of roots) {
    let version: unknown;
    try {
      version = JSON.parse(readFileSync(join(dir, "node_modules", name, "package.json"), "utf8")).version;
    } catch {
      continue;
    }
    if (typeof version !== "string") continue;
    if (satisfies(version, range)) return { dir };
    found.push(version);
  }
  if (found.length === 0) return { missing: `package ${name} is not installed here` };
  return { missing: `package ${name} is installed as ${found.join(", ")}, not in the range ${range}` };
}
