import type { Rule } from "../rule.ts";
import { packageVersion } from "./analysis/pinned.ts";
import type { FunctionsWorld } from "./world.ts";

export const importMixed: Rule<FunctionsWorld> = {
  id: "import-mixed",
  area: "functions",
  severity: "warning",
  title: "One function imports two versions of the same package",
  explanation:
    "Both are bundled, loaded and kept in memory, and objects of the one are no instances of the other's classes.",
  fix: "Name the version once, in the function's deno.json.",
  example: {
    bad: "index.ts: npm:@supabase/supabase-js@2.45.4\ndb.ts:    https://esm.sh/@supabase/supabase-js@2.39.0",
    good: '{ "imports": { "supabase": "npm:@supabase/supabase-js@2.45.4" } }',
  },
  *check({ functions, graph }) {
    const told = new Set<string>();
    for (const { modules, slug } of functions) {
      const first = new Map<string, { version: string; path: string }>();
      for (const { path, imports } of modules) {
        for (const { specifier, offset, isType } of imports) {
          const resolved = isType ? null : graph.resolve(specifier, path);
          const found = resolved?.kind === "remote" ? packageVersion(resolved.specifier) : null;
          if (found == null) continue;
          const known = first.get(found.name);
          if (known == null) first.set(found.name, { version: found.version, path });
          if (known == null || known.version === found.version || told.has(`${path}:${offset}`)) continue;
          told.add(`${path}:${offset}`);
          yield {
            file: path,
            offset,
            subject: found.name,
            detail: `${slug} takes ${found.name} ${found.version} here and ${known.version} in ${known.path}`,
          };
        }
      }
    }
  },
};
