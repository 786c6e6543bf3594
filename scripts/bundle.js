import { chmod, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Programs with binaries of their own, and what reads files beside itself: resolved at run time from node_modules. */
const external = [
  "esbuild",
  "pg-native",
  "@google-cloud/run",
  "google-auth-library",
  "libpg-query",
  "oxc-parser",
];

const bannerOfRequire =
  'import{createRequire as __beeRequire}from"node:module";const require=__beeRequire(import.meta.url);';

/**
 * Bundles src/ into dist/ (ESM, split, so that a command loads only what it uses).
 * Built beside the old one and swapped in by rename: two first runs at once are safe.
 */
export async function build(stamp) {
  const esbuild = await import("esbuild");
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const out = await mkdtemp(join(root, ".dist-"));
  try {
    await esbuild.build({
      entryPoints: { main: join(root, "src/cli/bin.ts"), daemon: join(root, "src/local/daemon.ts") },
      outdir: out,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20.19",
      minifySyntax: true,
      minifyWhitespace: true,
      logLevel: "warning",
      external,
      loader: { ".sql": "text" },
      define: { BEE_VERSION: JSON.stringify(version) },
      banner: { js: bannerOfRequire },
    });
    await buildShard(join(out, "shard.mjs"));
    await writeFile(join(out, ".stamp"), stamp ?? "");
    // mkdtemp makes it private; a checkout may be shared.
    await chmod(out, 0o755);
    await swap(out, join(root, "dist"));
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** What a load test's containers run: one file, with all it needs in it. */
export async function buildShard(outfile) {
  const esbuild = await import("esbuild");
  await esbuild.build({
    entryPoints: [join(root, "src/tools/load/shard-main.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    minify: true,
    legalComments: "eof",
    logLevel: "warning",
    banner: { js: bannerOfRequire },
  });
}

async function swap(from, to) {
  const old = `${to}.old-${process.pid}`;
  try {
    await rename(to, old);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  try {
    await rename(from, to);
  } catch (error) {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  }
  await rm(old, { recursive: true, force: true });
}
