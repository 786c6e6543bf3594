import type { Rule } from "../rule.ts";
import { isPinned } from "./analysis/pinned.ts";
import type { FunctionsWorld } from "./world.ts";

export const importUnpinned: Rule<FunctionsWorld> = {
  id: "import-unpinned",
  area: "functions",
  severity: "warning",
  title: "A remote import may be another one tomorrow",
  explanation:
    "Without an exact version each bundling takes what is newest then: the same commit deploys different code, or none when a file moved. A branch such as main is whatever somebody pushed.",
  fix: "Name the exact version, in the import or in deno.json; or commit a deno.lock beside the function.",
  example: {
    bad: 'import { createClient } from "npm:@supabase/supabase-js@2";',
    good: 'import { createClient } from "npm:@supabase/supabase-js@2.45.4";',
  },
  *check({ modules, graph, tree }) {
    const locks = tree.files
      .filter(({ path }) => /(^|\/)deno\.lock$/.test(path))
      .map(({ path }) => path.replace(/deno\.lock$/, ""));
    for (const { path, imports } of modules) {
      const isLocked = locks.some((folder) => folder !== "" && path.startsWith(folder));
      for (const { specifier, offset, isType } of imports) {
        const resolved = isType ? null : graph.resolve(specifier, path);
        if (resolved?.kind !== "remote") continue;
        const word = isPinned(resolved.specifier, isLocked);
        if (word != null)
          yield { file: path, offset, subject: resolved.specifier, detail: `${resolved.specifier} ${word}` };
      }
    }
  },
};
