import { describe, expect, it } from "vitest";
import { bundleFunction } from "./bundle.ts";
import type { FunctionUpload } from "./function-record.ts";
import { packageRoots } from "./packages.ts";

const roots = packageRoots([]);
const entrypointPath = "supabase/functions/score/index.ts";

async function bundle(
  files: Readonly<Record<string, string>>,
  more: Partial<FunctionUpload> = {},
): Promise<string> {
  const upload = {
    slug: "score",
    entrypointPath,
    files: Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
    ...more,
  };
  return Buffer.from(await bundleFunction(upload, roots)).toString("utf8");
}

describe("bundling a function", () => {
  it("joins uploaded files, a package and the std server, the same way every time", async () => {
    const files = {
      [entrypointPath]: `import { serve } from "https://deno.land/std@0.168.0/http/server.ts";
        import { cors } from "../_shared/cors.ts";
        import { createClient } from "https://esm.sh/@supabase/supabase-js@2";
        import "jsr:@supabase/functions-js/edge-runtime.d.ts";
        serve(() => new Response(typeof createClient, { headers: cors }));`,
      "supabase/functions/_shared/cors.ts": `export const cors: Record<string, string> = { "x-shared": "yes" };`,
    };
    const output = await bundle(files);
    expect(output).toContain('"x-shared": "yes"');
    expect(output).not.toMatch(/from\s*["'](https|npm|jsr):/);
    expect(output).not.toContain(process.cwd());
    expect(await bundle(files)).toBe(output);
  });

  it("takes the uploaded file where one of its name lies in the working folder", async () => {
    const name = "src/local/functions/bundle.ts";
    expect(await bundle({ [name]: "console.log(6 * 7);" }, { entrypointPath: name })).toContain("6 * 7");
  });

  it("follows the import map", async () => {
    const output = await bundle(
      {
        [entrypointPath]: `import { z } from "zod"; import { n } from "lib/n.ts"; console.log(n, typeof z);`,
        "supabase/functions/lib/n.ts": "export const n = 41 + 1;",
        "supabase/functions/score/deno.json": '{ "imports": { "zod": "npm:zod@^4.0.0", "lib/": "../lib/" } }',
      },
      { importMapPath: "supabase/functions/score/deno.json" },
    );
    expect(output).toContain("41 + 1");
  });

  const path = "supabase/functions/score/index.js";

  it.each([
    ["plain", 'Deno.serve(() => new Response("as it is"));\n'],
    [
      "with node: imports",
      'import{createHash as h}from"node:crypto";import "node:os";export{h as x};Deno.serve(h);',
    ],
    [
      "with a default export",
      "/** import x from 'npm:y' */\nvar f = { fetch() {} };\nexport default f;\nexport { f as g };\n",
    ],
    ["with top-level await", "const a = await Promise.resolve(import.meta.url);\nexport const b = a;\n"],
  ])("serves a bundle as it is: %s", async (_, text) => {
    expect(await bundle({ [path]: text }, { entrypointPath: path })).toBe(text);
  });

  it.each([
    ["an import", 'import { z } from "npm:zod@4"; console.log(typeof z, 41);'],
    ["a re-export", 'export * from "npm:zod@4"; console.log(41);'],
    ["a dynamic import", 'console.log(typeof (await import("npm:zod@4")), 41);'],
  ])("bundles JavaScript that has %s", async (_, text) => {
    const output = await bundle({ [path]: text }, { entrypointPath: path });
    expect(output.length).toBeGreaterThan(10_000);
    expect(output).toContain("41");
  });

  it.each([
    ["a syntax error", "const x = ;", /index\.ts:1:11: Unexpected ";"/],
    [
      "a file that is missing",
      '\nimport "./gone.ts";',
      /index\.ts:2:8: "\.\/gone\.ts": supabase\/functions\/score\/gone\.ts was not uploaded/,
    ],
    ["a file outside the project", 'import "../../../../etc/passwd";', /\.\.\/etc\/passwd was not uploaded/],
    [
      "an unknown host",
      'import "https://example.com/x.ts";',
      /index\.ts:1:8: cannot resolve "https:\/\/example\.com\/x\.ts"/,
    ],
    ["a package not installed", 'import "npm:left-pad@1";', /package left-pad is not installed here/],
    [
      "a package in another version",
      'import "npm:zod@1";',
      /package zod is installed as 4\.\d+\.\d+, not in the range 1/,
    ],
    ["a bare name", 'import "zod";', /cannot resolve "zod"/],
  ])("names file, line and specifier of %s", async (_, source, message) => {
    await expect(bundle({ [entrypointPath]: source })).rejects.toThrow(message);
  });

  it("finds the syntax error of a bundle, and an entrypoint that was not uploaded", async () => {
    await expect(bundle({ [path]: "function (" }, { entrypointPath: path })).rejects.toThrow(
      /index\.js:1:\d+:/,
    );
    await expect(bundle({})).rejects.toThrow(`Entrypoint path does not exist - ${entrypointPath}`);
  });

  it("refuses a bundle beyond 5 MB", async () => {
    const source = `export const x = "${"x".repeat(5 * 1024 * 1024)}";`;
    await expect(bundle({ [entrypointPath]: source })).rejects.toThrow(/more than the 5242880 allowed/);
  });
});
