import { describe, expect, it } from "vitest";
import { parseSpecifier, satisfies } from "./specifier.ts";

describe("specifiers", () => {
  const importer = "supabase/functions/score/index.ts";
  it.each([
    ["./a.ts", { kind: "file", path: "supabase/functions/score/a.ts" }],
    ["../_shared/cors.ts", { kind: "file", path: "supabase/functions/_shared/cors.ts" }],
    ["../../../../../etc/passwd", { kind: "file", path: "../../etc/passwd" }],
    ["node:crypto", { kind: "builtin", path: "node:crypto" }],
    ["npm:zod@4", { kind: "package", name: "zod", range: "4", subpath: "" }],
    ["npm:/zod", { kind: "package", name: "zod", range: "", subpath: "" }],
    [
      "npm:@supabase/supabase-js@2.109.0/cors",
      { kind: "package", name: "@supabase/supabase-js", range: "2.109.0", subpath: "/cors" },
    ],
    [
      "https://esm.sh/@supabase/supabase-js@2?target=deno",
      { kind: "package", name: "@supabase/supabase-js", range: "2", subpath: "" },
    ],
    ["https://esm.sh/v135/jose@6.0.1", { kind: "package", name: "jose", range: "6.0.1", subpath: "" }],
    [
      "jsr:@supabase/supabase-js@2",
      { kind: "package", name: "@supabase/supabase-js", range: "2", subpath: "" },
    ],
    ["jsr:@supabase/functions-js/edge-runtime.d.ts", { kind: "types" }],
    ["https://deno.land/std@0.168.0/http/server.ts", { kind: "std-server" }],
    ["https://deno.land/std@0.168.0/path/mod.ts", { kind: "unsupported" }],
    ["https://example.com/x.ts", { kind: "unsupported" }],
    ["zod", { kind: "unsupported" }],
    ["file:///etc/passwd", { kind: "unsupported" }],
  ])("reads %s", (specifier, expected) => {
    expect(parseSpecifier(specifier, importer)).toEqual(expected);
  });

  it.each([
    ["2.109.0", "2", true],
    ["2.109.0", "2.x", true],
    ["2.109.0", "^2.39.0", true],
    ["2.109.0", "^2.110.0", false],
    ["2.109.0", "~2.109.0", true],
    ["2.109.0", "~2.108.0", false],
    ["2.109.0", "2.39.0", false],
    ["2.109.0", "1", false],
    ["0.4.2", "^0.4.0", true],
    ["0.5.0", "^0.4.0", false],
    ["2.109.0", "latest", true],
    ["2.109.0", "%5E2.0.0", true],
    ["2.109.0", ">=1 <9", false],
  ])("takes %s for %s: %s", (installed, range, expected) => {
    expect(satisfies(installed, range)).toBe(expected);
  });
});
