import { isBuiltin } from "node:module";
import type {
  BuildFailure,
  Message,
  OnLoadResult,
  OnResolveArgs,
  OnResolveResult,
  Plugin,
  PluginBuild,
} from "esbuild";
import { applyImportMap, type ImportMap, noImportMap, parseImportMap } from "../../core/import-map.ts";
import { BundleError, type FunctionUpload } from "./function-record.ts";
import { findPackage } from "./packages.ts";
import { isPrebuilt } from "./prebuilt.ts";
import { parseSpecifier } from "./specifier.ts";

/** Hosted limits: 20 MB per function, 5 MB when the server bundles it. */
const bundleLimitBytes = 5 * 1024 * 1024;

/** std's `serve(handler, options)` on Deno.serve. */
const stdServer =
  "export const serve = (handler, options = {}) => Deno.serve(options, (request, info) => handler(request, info)).finished;";

const loaders = {
  ts: "ts",
  mts: "ts",
  tsx: "tsx",
  jsx: "jsx",
  js: "js",
  mjs: "js",
  json: "json",
  txt: "text",
} as const;

const requireShim =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);\n';

interface BundleState {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly importMap: ImportMap;
  readonly roots: readonly string[];
  usesRequire: boolean;
}

/** One ES module with everything the function needs; the same upload gives the same bytes. Throws BundleError. */
export async function bundleFunction(upload: FunctionUpload, roots: readonly string[]): Promise<Uint8Array> {
  const files = new Map(upload.files.map((file) => [file.path, file.bytes]));
  const entry = files.get(upload.entrypointPath);
  if (entry == null) throw new BundleError(`Entrypoint path does not exist - ${upload.entrypointPath}`);
  if (files.size === 1 && isPrebuilt(upload.entrypointPath, entry)) return limited(entry);
  const { build } = await import("esbuild");
  try {
    const state: BundleState = { files, importMap: readImportMap(upload, files), roots, usesRequire: false };
    const result = await build({
      entryPoints: [upload.entrypointPath],
      absWorkingDir: roots[0] ?? process.cwd(),
      bundle: true,
      write: false,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      conditions: ["deno", "worker", "import", "module"],
      target: "esnext",
      charset: "utf8",
      legalComments: "none",
      jsx: "automatic",
      logLevel: "silent",
      plugins: [uploadPlugin(state)],
    });
    const output = result.outputFiles[0]?.contents ?? new Uint8Array();
    return limited(state.usesRequire ? Buffer.concat([Buffer.from(requireShim), output]) : output);
  } catch (error) {
    const errors = (error as Partial<BuildFailure>).errors;
    if (!Array.isArray(errors)) throw error;
    throw new BundleError(errors.slice(0, 5).map(renderMessage).join("; "));
  }
}

function limited(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= bundleLimitBytes) return bytes;
  throw new BundleError(`the bundle has ${bytes.length} bytes, more than the ${bundleLimitBytes} allowed`);
}

function readImportMap(upload: FunctionUpload, files: ReadonlyMap<string, Uint8Array>): ImportMap {
  const path = upload.importMapPath;
  if (!path) return noImportMap;
  const bytes = files.get(path);
  if (bytes == null) throw new BundleError(`Import map path does not exist - ${path}`);
  try {
    return parseImportMap(Buffer.from(bytes).toString("utf8"), path);
  } catch (error) {
    throw new BundleError(`${path}: ${(error as Error).message}`);
  }
}

function renderMessage(message: Message): string {
  const at = message.location;
  if (at == null) return message.text;
  return `${at.file.replace(/^app:/, "")}:${at.line}:${at.column + 1}: ${message.text}`;
}

/** Files come from the upload, packages from disk; nothing is fetched. */
function uploadPlugin(state: BundleState): Plugin {
  return {
    name: "upload",
    setup(build) {
      build.onResolve({ filter: /.*/ }, (args) => resolveImport(build, state, args));
      build.onLoad({ filter: /.*/, namespace: "app" }, ({ path }) => loadFile(state, path));
      build.onLoad({ filter: /.*/, namespace: "shim" }, ({ path }) => ({
        contents: path === "std-server" ? stdServer : "",
        loader: "js",
      }));
    },
  };
}

async function resolveImport(
  build: PluginBuild,
  state: BundleState,
  args: OnResolveArgs,
): Promise<OnResolveResult | undefined> {
  if (args.pluginData === "package") return undefined;
  // esbuild puts ./ in front when such a file lies in its working folder, too.
  if (args.kind === "entry-point") return { path: args.path.replace(/^\.\//, ""), namespace: "app" };
  if (args.namespace !== "app") {
    if (!isBuiltin(args.path)) return undefined;
    if (args.kind === "require-call") state.usesRequire = true;
    return { path: args.path.startsWith("node:") ? args.path : `node:${args.path}`, external: true };
  }
  const mapped = applyImportMap(state.importMap, args.path, args.importer);
  const specifier = parseSpecifier(mapped, args.importer);
  const shown = mapped === args.path ? `"${args.path}"` : `"${args.path}" (${mapped})`;
  switch (specifier.kind) {
    case "file":
      if (state.files.has(specifier.path)) return { path: specifier.path, namespace: "app" };
      return { errors: [{ text: `${shown}: ${specifier.path} was not uploaded` }] };
    case "builtin":
      return { path: specifier.path, external: true };
    case "types":
    case "std-server":
      return { path: specifier.kind, namespace: "shim" };
    case "unsupported":
      return {
        errors: [
          {
            text: `cannot resolve ${shown}: the local platform knows uploaded files, npm:, https://esm.sh/ and node: imports`,
          },
        ],
      };
    case "package": {
      const answer = findPackage(state.roots, specifier.name, specifier.range);
      if ("missing" in answer) return { errors: [{ text: `cannot resolve ${shown}: ${answer.missing}` }] };
      const resolved = await build.resolve(`${specifier.name}${specifier.subpath}`, {
        kind: "import-statement",
        resolveDir: answer.dir,
        pluginData: "package",
      });
      return resolved.errors.length > 0
        ? { errors: resolved.errors }
        : { path: resolved.path, namespace: resolved.namespace };
    }
  }
}

function loadFile(state: BundleState, path: string): OnLoadResult {
  const loader = loaders[path.slice(path.lastIndexOf(".") + 1) as keyof typeof loaders];
  if (loader == null) return { errors: [{ text: `${path}: files of this kind cannot be bundled` }] };
  const contents = state.files.get(path);
  return contents == null ? { errors: [{ text: `${path} was not uploaded` }] } : { contents, loader };
}
