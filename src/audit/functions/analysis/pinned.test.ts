import { describe, expect, it } from "vitest";
import { isPinned } from "./pinned.ts";

describe("a specifier", () => {
  it.each([
    "npm:zod@3.23.8",
    "jsr:@std/encoding@1.0.5/hex",
    "https://deno.land/std@0.208.0/http/server.ts",
    "https://esm.sh/stripe@17.2.0?target=denonext",
    "https://jsr.io/@negrel/webpush/0.5.0/mod.ts",
    "https://cdnjs.cloudflare.com/ajax/libs/lodash.js/4.17.21/lodash.min.js",
    "https://raw.githubusercontent.com/a/b/0123456789012345678901234567890123456789/mod.ts",
    "./local.ts",
    "node:buffer",
  ])("stands for one text: %s", (specifier) => {
    expect(isPinned(specifier, false)).toBeNull();
  });

  it.each([
    ["npm:zod", "names no version"],
    ["npm:@supabase/supabase-js@2", "names a range of versions"],
    ["https://esm.sh/stripe@14", "names a range of versions"],
    ["https://deno.land/x/oak/mod.ts", "names no version"],
    ["https://raw.githubusercontent.com/a/b/main/mod.ts", "is a branch, which moves"],
  ])("may be another one tomorrow: %s", (specifier, why) => {
    expect(isPinned(specifier, false)).toBe(why);
  });
});
