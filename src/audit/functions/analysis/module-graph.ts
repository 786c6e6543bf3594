import { applyImportMap, type ImportMap, noImportMap, parseImportMap } from "../../../core/import-map.ts";
import type { SourceFile } from "../../../plan/source-tree.ts";
import type { ParseCode } from "../../../plan/syntax.ts";
import { type Module, parseModule } from "./module.ts";

/** What a specifier leads to. */
export type Resolved =
  | { readonly kind: "local"; readonly path: string }
  | { readonly kind: "remote"; readonly specifier: string }
  | { readonly kind: "missing"; readonly path: string };

export interface ModuleGraph {
  /** Null when there is no such source. */
  module(path: string): Module | null;
  resolve(specifier: string, importer: string): Resolved;
  /** A module and all it imports, itself first. Types cost nothing and are left out. */
  reach(path: string): readonly Module[];
}

const endings = ["", ".ts", ".js", ".tsx", ".mts", ".mjs", "/index.ts", "/index.js", "/mod.ts"];

/** Parses each module once, when it is first asked for. */
export function createModuleGraph(
  texts: ReadonlyMap<string, string>,
  functionFolders: readonly string[],
  parse: ParseCode,
): ModuleGraph {
  const modules = new Map<string, Module>();
  const maps = new Map<string, ImportMap>();

  const module = (path: string): Module | null => {
    const known = modules.get(path);
    const text = texts.get(path);
    if (known != null || text == null) return known ?? null;
    const parsed = parseModule({ path, text } satisfies SourceFile, parse);
    modules.set(path, parsed);
    return parsed;
  };

  /** The nearest deno.json or import_map.json above, up to the functions' folder and the project's. */
  const mapFor = (importer: string): ImportMap => {
    const folder = importer.split("/").slice(0, -1).join("/");
    const known = maps.get(folder);
    if (known != null) return known;
    let found = noImportMap;
    for (let at = folder; ; at = at.split("/").slice(0, -1).join("/")) {
      const name = ["deno.json", "deno.jsonc", "import_map.json"]
        .map((file) => (at === "" ? file : `${at}/${file}`))
        .find((path) => texts.has(path));
      if (name != null) {
        found = readMap(texts.get(name) ?? "", name);
        break;
      }
      if (at === "" || functionFolders.includes(at)) break;
    }
    maps.set(folder, found);
    return found;
  };

  const resolve = (specifier: string, importer: string): Resolved => {
    const mapped = applyImportMap(mapFor(importer), specifier, importer);
    if (!/^\.{0,2}\//.test(mapped)) return { kind: "remote", specifier: mapped };
    const path = join(mapped.startsWith("/") ? "" : importer.split("/").slice(0, -1).join("/"), mapped);
    const found = endings.map((ending) => path + ending).find((one) => texts.has(one));
    return found == null ? { kind: "missing", path } : { kind: "local", path: found };
  };

  const reach = (path: string): readonly Module[] => {
    const found = new Map<string, Module>();
    const waiting = [path];
    for (let next = waiting.pop(); next != null; next = waiting.pop()) {
      const one = found.has(next) || !/\.[cm]?[jt]sx?$/.test(next) ? null : module(next);
      if (one == null) continue;
      found.set(next, one);
      for (const { specifier, isType } of one.imports) {
        const resolved = isType ? null : resolve(specifier, one.path);
        if (resolved?.kind === "local") waiting.push(resolved.path);
      }
    }
    return [...found.values()];
  };

  return { module, resolve, reach };
}

function readMap(text: string, path: string): ImportMap {
  try {
    return parseImportMap(text, path);
  } catch {
    // Said elsewhere; without it names lead where they say.
    return noImportMap;
  }
}

function join(folder: string, path: string): string {
  const segments: string[] = [];
  for (const segment of `${folder}/${path}`.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments.join("/");
}
