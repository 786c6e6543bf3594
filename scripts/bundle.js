import { chmod, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
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
 * What the command line imports only once it knows the command: entries of the second build, named after their paths.
 * `found`: name → path of the source.
 */
function leaveForLater(found) {
  return {
    name: "leave-for-later",
    setup({ onResolve }) {
      onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
        if (kind !== "dynamic-import") return undefined;
        const source = join(resolveDir, path);
        const name = relative(join(root, "src"), source).replace(/\.ts$/, "").replaceAll(sep, "-");
        found.set(name, source);
        return { path: `./${name}.js`, external: true };
      });
    },
  };
}

/** commander loads child_process for commands that are programs of their own, which bee has none of: 9 ms a start. */
const withoutProcesses = {
  name: "without-processes",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ path }) => ({ path, namespace: "nothing" }));
    onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "module.exports = {}" }));
  },
};

/**
 * Bundles src/ into dist/: the command line as one CommonJS file, which starts fastest, and what it loads by command
 * as split ES modules.
 * Built beside the old one and swapped in by rename: two first runs at once are safe.
 */
export async function build(stamp) {
  const esbuild = await import("esbuild");
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const out = await mkdtemp(join(root, ".dist-"));
  const shared = {
    bundle: true,
    platform: "node",
    target: "node20.19",
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "warning",
  };
  try {
    const commands = new Map();
    await esbuild.build({
      ...shared,
      entryPoints: [join(root, "src/cli/bin.ts")],
      outfile: join(out, "main.cjs"),
      format: "cjs",
      define: { BEE_VERSION: JSON.stringify(version) },
      plugins: [leaveForLater(commands), withoutProcesses],
    });
    await esbuild.build({
      ...shared,
      entryPoints: { ...Object.fromEntries(commands), daemon: join(root, "src/local/daemon.ts") },
      outdir: out,
      splitting: true,
      format: "esm",
      external,
      loader: { ".sql": "text" },
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
