import type { CodeMirror } from "../../../plan/code-check.ts";
import type { Module } from "../analysis/module.ts";
import type { FunctionsWorld } from "../world.ts";
import { findRemoteNames, type RemoteNames } from "./remote-names.ts";
import { renderStub } from "./render-stub.ts";

/** Where the audited sources lie in the mirror. */
export const sourceFolder = "src";

const typed = /\.m?ts$/;

/** What the platform's runtime defines besides Deno. */
const globals = "declare var EdgeRuntime: any;\ndeclare var Supabase: any;\n";

/** The functions' modules for Deno to look at. Nothing of the audited configuration but types and names comes along. */
export function assembleMirror({ modules, functions, graph, tree }: FunctionsWorld): CodeMirror {
  const files = new Map<string, string>();
  const stubs = new Map<string, { readonly path: string; readonly names: RemoteNames }>();
  const scopes: Record<string, Record<string, string>> = {};
  const texts = new Map(tree.files.map(({ path, text }) => [path, text]));
  for (const module of modules) {
    files.set(`${sourceFolder}/${module.path}`, withoutReferences(module));
    const isRemote = (specifier: string): boolean =>
      isOutside(specifier, graph.resolve(specifier, module.path).kind);
    const scope: Record<string, string> = {};
    for (const [specifier, names] of findRemoteNames(module, isRemote)) {
      const stub = stubs.get(specifier) ?? { path: `remote/${stubs.size}.ts`, names: new Map() };
      stubs.set(specifier, stub);
      for (const [name, below] of names)
        stub.names.set(name, new Set([...(stub.names.get(name) ?? []), ...below]));
      scope[specifier] = `./${stub.path}`;
    }
    for (const { specifier } of module.imports) {
      const resolved = graph.resolve(specifier, module.path);
      if (resolved.kind === "remote") continue;
      if (!/^\.{1,2}\//.test(specifier)) scope[specifier] = `./${sourceFolder}/${resolved.path}`;
      const text = texts.get(resolved.path);
      if (text != null && resolved.kind === "local" && !files.has(`${sourceFolder}/${resolved.path}`))
        files.set(`${sourceFolder}/${resolved.path}`, text);
    }
    if (Object.keys(scope).length > 0) scopes[`./${sourceFolder}/${module.path}`] = scope;
  }
  for (const { path, names } of stubs.values()) files.set(path, renderStub(names));
  files.set("globals.d.ts", globals);
  const declared = tree.files.filter(
    ({ path }) =>
      /\.d\.m?ts$/.test(path) && functions.some(({ folder }) => path.startsWith(`${parentOf(folder)}/`)),
  );
  for (const { path, text } of declared) files.set(`${sourceFolder}/${path}`, text);
  // What does not parse has been said.
  const entries = functions.flatMap(({ entry, modules: own }) =>
    entry != null && typed.test(entry) && own.every(({ problems }) => problems.length === 0) ? [entry] : [],
  );
  return {
    files,
    config: { compilerOptions: readOptions(texts, functions), scopes },
    check:
      entries.length === 0
        ? []
        : [
            "globals.d.ts",
            ...[...declared.map(({ path }) => path), ...entries].map((path) => `${sourceFolder}/${path}`),
          ],
    lint: modules
      .filter(({ problems }) => problems.length === 0)
      .map(({ path }) => `${sourceFolder}/${path}`),
  };
}

/** Node's modules have their types in Deno itself; all else that is not here is stood in for. */
function isOutside(specifier: string, kind: string): boolean {
  return kind === "remote" && !specifier.startsWith("node:");
}

/** References to types elsewhere would be fetched; blanks keep every place where it was. */
function withoutReferences({ text, comments }: Module): string {
  let left = text;
  for (const { start, end } of comments) {
    const comment = text.slice(start, end);
    if (!/^\/\/\/\s*<reference|@(deno|ts)-types|@jsxImportSource/.test(comment)) continue;
    left = left.slice(0, start) + comment.replace(/[^\n\r]/g, " ") + left.slice(end);
  }
  return left;
}

function parentOf(folder: string): string {
  return folder.split("/").slice(0, -1).join("/");
}

/** Of the project's compiler options what only says how strictly to look; what a callback gets from a stand-in is any. */
function readOptions(texts: ReadonlyMap<string, string>, functions: FunctionsWorld["functions"]): object {
  const [first] = functions;
  const folders = first == null ? [] : [first.folder, parentOf(first.folder), ""];
  for (const folder of folders) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const text = texts.get(folder === "" ? name : `${folder}/${name}`);
      const lib = text == null ? null : /"lib"\s*:\s*\[([^\]]*)\]/.exec(text)?.[1];
      if (lib == null) continue;
      const names = [...lib.matchAll(/"([\w.]+)"/g)].map((match) => match[1]);
      return { noImplicitAny: false, lib: names };
    }
  }
  return { noImplicitAny: false };
}
