import { describe, expect, it } from "vitest";
import { applyImportMap, parseImportMap } from "./import-map.ts";

describe("import maps", () => {
  const map = parseImportMap(
    `{
      // the project's names
      "imports": { "zod": "npm:zod@4", "lib/": "../lib/", "lib/deep/": "./deep/", "url": "https://esm.sh/x", },
      "scopes": { "../lib/": { "zod": "npm:zod@3" } } /* inner */
    }`,
    "supabase/functions/score/deno.json",
  );
  it.each([
    ["zod", "supabase/functions/score/index.ts", "npm:zod@4"],
    ["zod", "supabase/functions/lib/a.ts", "npm:zod@3"],
    ["lib/a.ts", "supabase/functions/score/index.ts", "/supabase/functions/lib/a.ts"],
    ["lib/deep/b.ts", "supabase/functions/score/index.ts", "/supabase/functions/score/deep/b.ts"],
    ["./own.ts", "supabase/functions/score/index.ts", "./own.ts"],
    ["url", "supabase/functions/score/index.ts", "https://esm.sh/x"],
  ])("maps %s in %s", (specifier, importer, expected) => {
    expect(applyImportMap(map, specifier, importer)).toBe(expected);
  });

  it("keeps comment signs in strings", () => {
    expect(parseImportMap('{"imports":{"a":"https://esm.sh/a,}//b"}}', "deno.json").imports).toEqual({
      a: "https://esm.sh/a,}//b",
    });
  });
});
