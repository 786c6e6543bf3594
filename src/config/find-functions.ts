import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { FunctionSource } from "../ports/function-bundler.ts";
import type { Config } from "./schema.ts";
import type { SupabaseConfig } from "./supabase-config.ts";

const folder = "supabase/functions";

/** The functions of a project: those the config names, else every folder with an entrypoint; `_shared` and the like are none. */
export async function findFunctions(
  root: string,
  config: Config,
  supabase: SupabaseConfig,
): Promise<readonly FunctionSource[]> {
  const slugs = config.functions ?? (await listFolders(root));
  const sources = slugs
    .filter((slug) => supabase.functions[slug]?.enabled !== false)
    .map((slug) => describeFunction(root, slug, supabase));
  const missing = sources.filter(({ entrypoint }) => !existsSync(join(root, entrypoint)));
  if (missing.length === 0) return sources;
  throw new BeeError({
    code: "BEE-E602",
    message: `No source for ${missing.map(({ slug }) => slug).join(", ")}.`,
    detail: missing.map(({ entrypoint }) => `there is no ${entrypoint}`).join("\n"),
    hint: "Add the file, set its entrypoint in supabase/config.toml, or take the name out of bee.config.yaml.",
    exit: exitCodes.usage,
  });
}

async function listFolders(root: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !/^[_.]/.test(entry.name))
    .map(({ name }) => name)
    .filter((name) => existsSync(join(root, folder, name, "index.ts")))
    .sort();
}

function describeFunction(root: string, slug: string, supabase: SupabaseConfig): FunctionSource {
  const own = supabase.functions[slug];
  const importMap = own?.import_map ?? findImportMap(root, slug);
  return {
    slug,
    entrypoint: own?.entrypoint == null ? `${folder}/${slug}/index.ts` : fromSupabase(own.entrypoint),
    importMap: importMap == null ? null : own?.import_map == null ? importMap : fromSupabase(importMap),
    verifyJwt: own?.verify_jwt ?? true,
  };
}

/** Paths in config.toml are relative to supabase/. */
function fromSupabase(path: string): string {
  return join("supabase", path).replaceAll("\\", "/");
}

function findImportMap(root: string, slug: string): string | null {
  const candidates = [
    `${folder}/${slug}/deno.json`,
    `${folder}/${slug}/deno.jsonc`,
    `${folder}/${slug}/import_map.json`,
    `${folder}/deno.json`,
    `${folder}/import_map.json`,
  ];
  return candidates.find((path) => existsSync(join(root, path))) ?? null;
}
