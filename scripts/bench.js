import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { ensureBuilt } from "./ensure-built.cjs";

/** `npm run bench [name …]`: compiles bench/ beside it (Node 20 runs no TypeScript) and runs it. */
const root = fileURLToPath(new URL("..", import.meta.url));
await ensureBuilt();
const out = await mkdtemp(join(root, ".bench-"));
try {
  await build({
    entryPoints: [join(root, "bench/run.ts")],
    outfile: join(out, "run.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    define: { BEE_ROOT: JSON.stringify(root) },
    logLevel: "warning",
  });
  await import(pathToFileURL(join(out, "run.mjs")).href);
} finally {
  await rm(out, { recursive: true, force: true });
}
