import type { SourceTree } from "../../plan/source-tree.ts";
import { findLayout } from "../layout.ts";
import { inspect } from "./analysis/inspect.ts";
import type { ModuleGraph } from "./analysis/module-graph.ts";
import { hashFunctions } from "./hash-functions.ts";
import type { ConfiguredFunction, FunctionSource } from "./world.ts";

const entryNames = [
  "index",
  "main",
  "mod",
  "server",
  "app",
  "handler",
  "src/index",
  "src/main",
  "src/server",
];
const endings = ["ts", "js", "tsx", "mts", "mjs", "jsx", "cjs"];

/** The functions of an audited folder, by name. Folders that start with `_` or `.` are shared code. */
export function* eachFunction(
  tree: SourceTree,
  graph: ModuleGraph,
  configured: readonly ConfiguredFunction[],
): Generator<FunctionSource> {
  const hashes = hashFunctions(tree);
  const paths = new Set(tree.files.map(({ path }) => path));
  for (const parent of findLayout(tree).functions) {
    const slugs = new Set<string>();
    for (const path of paths) {
      const [slug, rest] = path.startsWith(`${parent}/`) ? path.slice(parent.length + 1).split("/", 2) : [];
      const isCode = rest != null && /\.[cm]?[jt]sx?$/.test(path);
      if (slug != null && isCode && !/^[_.]|^(tests?|node_modules)$/.test(slug)) slugs.add(slug);
    }
    for (const slug of [...slugs].sort()) {
      const folder = `${parent}/${slug}`;
      const entry =
        entryNames
          .flatMap((name) => endings.map((end) => `${folder}/${name}.${end}`))
          .find((path) => paths.has(path)) ?? null;
      const modules = entry == null ? [] : graph.reach(entry);
      const seen = entry == null ? null : inspect(graph, entry);
      yield {
        slug,
        folder,
        entry,
        modules,
        happenings: seen?.happenings ?? [],
        isEdge: seen?.isEdge ?? false,
        verifyJwt: configured.find((one) => one.slug === slug)?.verifyJwt ?? null,
        sourceHash: hashes.get(slug) ?? null,
      };
    }
  }
}
