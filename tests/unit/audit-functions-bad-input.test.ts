import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { functionRules, sourceRules } from "../../src/audit/index.ts";
import { runRules } from "../../src/audit/run-rules.ts";
import { assembleFunctions } from "../../src/commands/audit/audit-functions.ts";
import { readSources } from "../../src/config/read-sources.ts";
import { createCodeParser } from "../../src/tools/code-parser.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bee-audit-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

/** `rule file` of all findings but those over functions that nobody calls. */
async function audit(): Promise<readonly string[]> {
  const tree = await readSources(root);
  const texts = new Map(tree.files.map(({ path, text }) => [path, text]));
  const { signal } = new AbortController();
  const world = await assembleFunctions({ tree, texts, parse: await createCodeParser(), signal });
  return [...runRules(sourceRules, tree, texts), ...runRules(functionRules, world, texts)]
    .filter(({ rule }) => rule !== "function-unused")
    .map(({ rule, location }) => `${rule} ${location?.file}`);
}

const sound = 'Deno.serve(() => new Response("ok"));\n';
const flawed =
  "Deno.serve(async (req) => new Response(await (await fetch((await req.json()).url)).text()));\n";

it("goes on behind a file that does not parse, and behind text that is no code", async () => {
  await write("supabase/functions/a/index.ts", "Deno.serve((req) => {");
  await write("supabase/functions/b/index.ts", "%PDF-1.4 } not ` code\u2028");
  await write("supabase/functions/c/index.ts", flawed);
  expect(await audit()).toEqual([
    "function-syntax supabase/functions/a/index.ts",
    "function-syntax supabase/functions/b/index.ts",
    "ssrf supabase/functions/c/index.ts",
    "fetch-without-timeout supabase/functions/c/index.ts",
  ]);
});

it("names binaries and files above 5 MB, and takes no import of them for missing", async () => {
  await write("supabase/functions/a/index.ts", `import "./bytes.ts";\nimport "./large.ts";\n${sound}`);
  await write("supabase/functions/a/bytes.ts", Buffer.from([0, 1, 2, 255]));
  await write("supabase/functions/a/large.ts", `// ${"x".repeat(5 * 1024 * 1024)}\n`);
  expect(await audit()).toEqual([
    "source-unread supabase/functions/a/bytes.ts",
    "source-unread supabase/functions/a/large.ts",
  ]);
});

it("warns of sources above 1 MB, data included", async () => {
  await write(
    "supabase/functions/a/index.ts",
    `import rows from "./rows.json" with { type: "json" };\n${sound}`,
  );
  await write("supabase/functions/a/rows.json", JSON.stringify(Array(200_000).fill("row")));
  expect(await audit()).toEqual(["bundle-large supabase/functions/a/index.ts"]);
});

it("ends on links and imports that go round, and on calls that call themselves", async () => {
  await write(
    "supabase/functions/a/index.ts",
    'import { f } from "./b.ts";\nexport * from "./b.ts";\nDeno.serve((req) => f(f(req)));\n',
  );
  await write(
    "supabase/functions/a/b.ts",
    'import "./index.ts";\nexport * from "./index.ts";\nexport function f(a: unknown): Response {\n  return f(f(a));\n}\n',
  );
  await symlink("../a", join(root, "supabase/functions/a/again"));
  expect(await audit()).toEqual([]);
});

it("survives nesting that no person wrote", async () => {
  await write("supabase/functions/a/index.ts", `export const a = ${"(".repeat(3000)}1${")".repeat(3000)};\n`);
  await write("supabase/functions/b/index.ts", `export const b = ${"1+".repeat(30_000)}1;\n`);
  await write("supabase/functions/c/index.ts", flawed);
  expect(await audit()).toContain("ssrf supabase/functions/c/index.ts");
});

it("finds nothing where there are no functions", async () => {
  await write("README.md", "supabase.functions.invoke('nothing')\n");
  await write("src/main.ts", "await supabase.functions.invoke('nothing');\n");
  expect(await audit()).toEqual([]);
});
