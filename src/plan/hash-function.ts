import { sha256 } from "./digest.ts";
import type { SourceFile } from "./source-tree.ts";

const isSource = /\.([cm]?[jt]sx?|jsonc?)$/;
const isTest = /(^|\/)(tests?|__tests__)\/|[._]test\.[cm]?[jt]sx?$/;

/**
 * Hex sha256 over the code in a function's folder, what a verdict is bound to. Paths are relative to the folder;
 * tests and texts do not count. Null when there is no code.
 */
export function hashFunction(files: readonly SourceFile[]): string | null {
  const own = files.filter(({ path }) => isSource.test(path) && !isTest.test(path));
  if (own.length === 0) return null;
  const sorted = [...own].sort((a, b) => (a.path < b.path ? -1 : 1));
  return sha256(sorted.map(({ path, text }) => `${path}\n${sha256(text)}\n`).join(""));
}
