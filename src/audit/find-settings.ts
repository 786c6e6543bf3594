import type { SourceFile } from "../plan/source-tree.ts";

const setters = [
  /\bset_config\s*\(\s*'([\w.]+)'/gi,
  /\balter\s+(?:database|role)\s+\S+\s+set\s+"?([\w.]+)"?/gi,
];

/** Settings of the database that any source sets: seeds, scripts, docs of a manual step, code over a connection. */
export function findSettings(files: readonly SourceFile[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { path, text } of files) {
    // In migrations the syntax tree tells more.
    if (/(?:^|\/)migrations\//.test(path)) continue;
    for (const setter of setters) for (const match of text.matchAll(setter)) found.add(match[1] ?? "");
  }
  return found;
}
