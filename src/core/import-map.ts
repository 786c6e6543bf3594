export interface ImportMap {
  readonly imports: Readonly<Record<string, string>>;
  readonly scopes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export const noImportMap: ImportMap = { imports: {}, scopes: {} };

/** Removes comments and trailing commas (deno.jsonc); text inside strings stays. */
function stripJsonComments(text: string): string {
  return text
    .replace(
      /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_, string: string | undefined) => string ?? "",
    )
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, string: string | undefined) => string ?? "");
}

function parseEntries(value: unknown, baseDir: string): Record<string, string> {
  const entries: Record<string, string> = {};
  if (typeof value !== "object" || value === null) return entries;
  for (const [key, target] of Object.entries(value)) {
    if (typeof target !== "string") continue;
    entries[key] = /^\.{0,2}\//.test(target) ? relativeTarget(baseDir, target) : target;
  }
  return entries;
}

/** Files are named from the project root, written here as `/path`; `..` stops at the root. */
function relativeTarget(baseDir: string, target: string): string {
  const path: string[] = [];
  for (const segment of `${target.startsWith("/") ? "" : baseDir}/${target}`.split("/")) {
    if (segment === "..") path.pop();
    else if (segment !== "" && segment !== ".") path.push(segment);
  }
  return `/${path.join("/")}${target.endsWith("/") && path.length > 0 ? "/" : ""}`;
}

/** `imports` and `scopes` of a deno.json(c) or import_map.json at `path`. Throws SyntaxError when it is no JSON. */
export function parseImportMap(text: string, path: string): ImportMap {
  const json: unknown = JSON.parse(stripJsonComments(text));
  if (typeof json !== "object" || json === null) return noImportMap;
  const { imports, scopes } = json as { imports?: unknown; scopes?: unknown };
  const baseDir = path.split("/").slice(0, -1).join("/");
  const parsedScopes: Record<string, Record<string, string>> = {};
  if (typeof scopes === "object" && scopes !== null) {
    for (const [scope, entries] of Object.entries(scopes)) {
      parsedScopes[relativeTarget(baseDir, scope)] = parseEntries(entries, baseDir);
    }
  }
  return { imports: parseEntries(imports, baseDir), scopes: parsedScopes };
}

function lookUp(entries: Readonly<Record<string, string>>, specifier: string): string | null {
  const exact = entries[specifier];
  if (exact != null) return exact;
  const prefix = Object.keys(entries)
    .filter((key) => key.endsWith("/") && specifier.startsWith(key))
    .sort((a, b) => b.length - a.length)[0];
  return prefix == null ? null : `${entries[prefix]}${specifier.slice(prefix.length)}`;
}

/** The specifier an import stands for (HTML import maps: nearest scope first, then longest prefix). */
export function applyImportMap(map: ImportMap, specifier: string, importer: string): string {
  const scopes = Object.keys(map.scopes)
    .filter((scope) => `/${importer}`.startsWith(scope))
    .sort((a, b) => b.length - a.length);
  for (const scope of scopes) {
    const mapped = lookUp(map.scopes[scope] ?? {}, specifier);
    if (mapped != null) return mapped;
  }
  return lookUp(map.imports, specifier) ?? specifier;
}
