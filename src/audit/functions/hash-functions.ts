import { hashFunction } from "../../plan/hash-function.ts";
import type { SourceTree } from "../../plan/source-tree.ts";
import { findLayout } from "../layout.ts";

/** What verdicts are bound to, by function. */
export function hashFunctions(tree: SourceTree): ReadonlyMap<string, string | null> {
  const files = new Map<string, { path: string; text: string }[]>();
  for (const parent of findLayout(tree).functions) {
    for (const { path, text } of tree.files) {
      const [, slug, rest] = path.startsWith(`${parent}/`)
        ? (/^([^/]+)\/(.+)$/.exec(path.slice(parent.length + 1)) ?? [])
        : [];
      if (slug == null || rest == null || /^[_.]/.test(slug)) continue;
      files.set(slug, [...(files.get(slug) ?? []), { path: rest, text }]);
    }
  }
  return new Map([...files].map(([slug, own]) => [slug, hashFunction(own)]));
}
