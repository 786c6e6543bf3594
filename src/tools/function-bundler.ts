import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildFailure, Message } from "esbuild";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { FunctionArtifact } from "../plan/deployed-function.ts";
import { sha256 } from "../plan/digest.ts";
import type { FunctionBundler, FunctionSource } from "../ports/function-bundler.ts";
import { type BundleCache, createBundleCache } from "./bundle-cache.ts";
import { sourcePlugin } from "./source-plugin.ts";

/** Raised when the output for the same sources may differ: cached bundles of an older form are made again. */
const form = 1;

/**
 * esbuild behind the bundler port. Only the project's own files are bundled; npm:, jsr: and https: imports
 * stay imports, which the platform resolves. Unchanged sources are not bundled again (`cacheDir`).
 */
export function createFunctionBundler(root: string, cacheDir: string): FunctionBundler {
  const cache = createBundleCache(root, cacheDir);
  return {
    async bundle(sources) {
      return Promise.all(sources.map((source) => bundleOne(root, source, cache)));
    },
  };
}

async function bundleOne(
  root: string,
  source: FunctionSource,
  cache: BundleCache,
): Promise<FunctionArtifact> {
  const key = sha256(JSON.stringify([form, source.slug, source.entrypoint, source.importMap]));
  const { slug, verifyJwt } = source;
  const cached = await cache.read(key);
  if (cached != null) return { slug, verifyJwt, bytes: cached, sha256: sha256(cached) };
  const { bytes, inputs } = await build(root, source);
  await cache.write(key, bytes, inputs);
  return { slug, verifyJwt, bytes, sha256: sha256(bytes) };
}

async function build(
  root: string,
  { slug, entrypoint, importMap }: FunctionSource,
): Promise<{ bytes: Uint8Array; inputs: readonly string[] }> {
  const esbuild = await import("esbuild");
  const mapText = importMap == null ? null : await readFile(join(root, importMap), "utf8");
  try {
    const result = await esbuild.build({
      entryPoints: [entrypoint],
      absWorkingDir: root,
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "neutral",
      target: "esnext",
      charset: "utf8",
      legalComments: "none",
      jsx: "automatic",
      logLevel: "silent",
      plugins: [sourcePlugin(root, importMap, mapText)],
    });
    const inputs = [...Object.keys(result.metafile.inputs), ...(importMap == null ? [] : [importMap])];
    return { bytes: result.outputFiles[0]?.contents ?? new Uint8Array(), inputs };
  } catch (error) {
    const errors = (error as Partial<BuildFailure>).errors;
    if (!Array.isArray(errors)) throw error;
    throw doesNotCompile(slug, errors);
  }
}

function doesNotCompile(slug: string, messages: readonly Message[]): BeeError {
  return new BeeError({
    code: "BEE-E601",
    message: `The function ${slug} does not compile.`,
    detail: [...messages.slice(0, 5).map(renderMessage), "nothing was changed"].join("\n"),
    hint: "Mend it, then run the same command again.",
    exit: exitCodes.usage,
  });
}

function renderMessage({ text, location }: Message): string {
  if (location == null) return text;
  const { file, line, column, lineText } = location;
  return `${file}:${line}:${column + 1}: ${text}\n  ${lineText}\n  ${" ".repeat(column)}^`;
}
