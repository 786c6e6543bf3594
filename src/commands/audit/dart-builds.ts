import { scanDartReads } from "../../audit/env/scan-reads.ts";
import { shapeOf } from "../../audit/env/value-shape.ts";
import type { EnvEntry, EnvWorld } from "../../audit/env/world.ts";
import type { SourceTree } from "../../plan/source-tree.ts";

type Builds = Pick<EnvWorld, "dartDefines" | "dartBuildsKnown" | "definedValues">;

/** Files in which an app is built: scripts, workflows, task runners, editors. */
const buildFile =
  /\.(ya?ml|sh|bash|ps1|mk|mdx?|jsonc?|toml)$|(^|\/)(Dockerfile|(GNU)?[Mm]akefile|[Jj]ustfile|Fastfile)$/;

const define = /--dart-define[= ]["']?([A-Z][A-Z0-9_]+)=([^\s"'\\]*)/g;

/** What the builds of an app give it: in their commands, or in a JSON file whose keys the app reads. */
export function readDartBuilds(tree: SourceTree): Builds {
  const defines = new Map<string, { file: string; offset: number }>();
  const definedValues: EnvEntry[] = [];
  const read = new Set(tree.files.flatMap(scanDartReads).map(({ name }) => name));
  if (read.size === 0) return { dartDefines: null, dartBuildsKnown: true, definedValues };
  let dartBuildsKnown = true;
  for (const { path, text } of tree.files) {
    if (!buildFile.test(path)) continue;
    const isTemplate = /example|sample|template|\.md$/.test(path);
    const note = (name: string, offset: number, value: string | null): void => {
      if (!defines.has(name)) defines.set(name, { file: path, offset });
      if (value == null || value.startsWith("$") || isTemplate || !read.has(name)) return;
      definedValues.push({
        file: path,
        line: text.slice(0, offset).split("\n").length,
        name,
        shape: shapeOf(value),
      });
    };
    for (const { 1: name = "", 2: value = "", index } of text.matchAll(define)) note(name, index, value);
    for (const [, from = ""] of text.matchAll(/--dart-define-from-file[= ]["']?([^\s"']+)/g)) {
      const file = from.replace(/^(?:\.{1,2}\/)+/, "");
      if (!file.endsWith(".json") || !tree.files.some((one) => `/${one.path}`.endsWith(`/${file}`)))
        dartBuildsKnown = false;
    }
    if (!path.endsWith(".json")) continue;
    const keys = [...text.matchAll(/^\s*"([A-Z][A-Z0-9_]+)"\s*:(?:\s*"([^"\n]*)")?/gm)];
    if (!keys.some((key) => read.has(key[1] ?? ""))) continue;
    for (const key of keys) note(key[1] ?? "", key.index + key[0].indexOf('"'), key[2] ?? null);
  }
  return { dartDefines: defines.size === 0 ? null : defines, dartBuildsKnown, definedValues };
}
