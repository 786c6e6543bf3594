import type { Rule } from "../rule.ts";
import type { FunctionsWorld } from "./world.ts";

export const importMissing: Rule<FunctionsWorld> = {
  id: "import-missing",
  area: "functions",
  severity: "error",
  title: "An import leads to a file that is not there",
  explanation:
    "The function does not bundle: the deploy fails, or the function answers BOOT_ERROR to every call.",
  fix: "Mend the path, or add the file.",
  example: {
    bad: 'import { cors } from "../_shared/cors.ts";   // there is no such file',
    good: 'import { cors } from "../_shared/cors-headers.ts";',
  },
  *check({ modules, graph, tree }) {
    const unread = new Set(tree.unread.map(({ path }) => path));
    for (const { path, imports } of modules) {
      for (const { specifier, offset, isType } of imports) {
        const resolved = isType ? null : graph.resolve(specifier, path);
        if (resolved?.kind !== "missing" || unread.has(resolved.path)) continue;
        if (!/\.([cm]?[jt]sx?|json)$|\/[^./]+$/.test(resolved.path)) continue;
        yield { file: path, offset, subject: specifier, detail: `there is no ${resolved.path}` };
      }
    }
  },
};
