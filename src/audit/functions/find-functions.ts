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
export function findFunctions(
  tree: SourceTree,
  graph: ModuleGraph,
  configured: readonly ConfiguredFunction[],
): readonly FunctionSource[] {
  const hashes = hashFunctions(tree);
  const paths = new Set(tree.files.map(({ path }) => path));
  return findLayout(tree).functions.flatMap((parent) => {
    const slugs = new Set<string>();
    for (const path of paths) {
      const [slug, rest] = path.startsWith(`${parent}/`) ? path.slice(parent.length + 1).split("/", 2) : [];
      const isCode = rest != null && /\.[cm]?[jt]sx?$/.test(path);
      if (slug != null && isCode && !/^[_.]|^(tests?|node_modules)$/.test(slug)) slugs.add(slug);
    }
    return [...slugs].sort().map((slug) => {
      const folder = `${parent}/${slug}`;
      const entry =
        entryNames
          .flatMap((name) => endings.map((end) => `${folder}/${name}.${end}`))
          .find((path) => paths.has(path)) ?? null;
      const modules = entry == null ? [] : graph.reach(entry);
      const seen = entry == null ? null : inspect(graph, entry);
      return {
        slug,
        folder,
        entry,
        modules,
        happenings: seen?.happenings ?? [],
        isEdge: seen?.isEdge ?? false,
        verifyJwt: configured.find((one) => one.slug === slug)?.verifyJwt ?? null,
        sourceHash: hashes.get(slug) ?? null,
      };
    });
  });
}
