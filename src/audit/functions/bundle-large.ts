import type { Rule } from "../rule.ts";
import type { FunctionsWorld } from "./world.ts";

export const bundleLarge: Rule<FunctionsWorld> = {
  id: "bundle-large",
  area: "functions",
  severity: "warning",
  title: "The function's own sources are above 1 MB",
  explanation:
    "Every cold start loads and parses them all. Bundled on the server, the limit is 5 MB with dependencies.",
  fix: "Keep data in storage or the database, and import less.",
  example: {
    bad: 'import cities from "./cities.json" with { type: "json" };   // 3 MB',
    good: 'const { data } = await client.from("cities").select("name").eq("country", country);',
  },
  *check({ functions, graph, tree }) {
    const sizes = new Map(tree.files.map(({ path, text }) => [path, text.length]));
    for (const { slug, entry, modules } of functions) {
      const paths = new Set(modules.map(({ path }) => path));
      for (const { path, imports } of modules) {
        for (const { specifier, isType } of imports) {
          const resolved = isType ? null : graph.resolve(specifier, path);
          if (resolved?.kind === "local") paths.add(resolved.path);
        }
      }
      const bytes = [...paths].reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0);
      if (entry == null || bytes <= 1_000_000) continue;
      const largest = [...paths].sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0))[0];
      yield {
        file: entry,
        line: 1,
        anchor: slug,
        subject: slug,
        detail: `${slug} has ${(bytes / 1e6).toFixed(1)} MB of sources, most of it in ${largest}`,
      };
    }
  },
};
