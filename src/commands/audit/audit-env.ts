import { isProvided } from "../../audit/env/platform-names.ts";
import { scanDartReads, scanReads } from "../../audit/env/scan-reads.ts";
import { shapeOf } from "../../audit/env/value-shape.ts";
import type { EnvEntry, EnvWorld } from "../../audit/env/world.ts";
import { envRules } from "../../audit/index.ts";
import { findLayout } from "../../audit/layout.ts";
import { runRules } from "../../audit/run-rules.ts";
import { parseConfig } from "../../config/parse-config.ts";
import { type EnvValue, readEnvFiles } from "../../config/read-env-files.ts";
import { type Config, type TargetName, targetNames } from "../../config/schema.ts";
import { readSupabaseConfig } from "../../config/supabase-config.ts";
import { BeeError } from "../../core/bee-error.ts";
import { plural } from "../../output/render-findings.ts";
import { sha256 } from "../../plan/digest.ts";
import type { SourceTree } from "../../plan/source-tree.ts";
import type { AreaAnswer, AreaInput } from "./area.ts";
import { readDartBuilds } from "./dart-builds.ts";

const configFile = "bee.config.yaml";

/** `bee audit env`: names read by functions and app beside names that are set. Values are looked at here and go no further. */
export async function auditEnv(input: AreaInput): Promise<AreaAnswer> {
  const { root, tree, texts, target } = input;
  const values = await readEnvFiles(root, target == null ? targetNames : [target.name]);
  const broken: { file: string; detail: string }[] = [];
  const declared = readDeclared(texts.get(configFile), broken);
  await readSupabaseConfig(root).catch((error: unknown) =>
    broken.push(describe("supabase/config.toml", error)),
  );
  const functions = findLayout(tree).functions;
  const inFunctions = tree.files.filter(({ path }) =>
    functions.some((folder) => path.startsWith(`${folder}/`)),
  );
  const world: EnvWorld = {
    reads: inFunctions.flatMap(scanReads),
    dartReads: tree.files.flatMap(scanDartReads),
    declared,
    entries: [...values.map(toEntry), ...readTemplates(tree)],
    ...readDartBuilds(tree),
    usedElsewhere: findUsedElsewhere(tree),
    broken,
    target: target == null ? null : await readTarget(input, values, findOptional(texts, tree, target.name)),
  };
  const names = new Set(
    [...world.reads, ...world.dartReads].map(({ name }) => name).filter((name) => !isProvided(name)),
  );
  return {
    isEmpty: names.size + world.entries.length + world.declared.length + world.broken.length === 0,
    findings: runRules(envRules, world, texts),
    facts: [["environment", `${plural(names.size, "name")} read`]],
  };
}

function toEntry({ file, line, name, value }: EnvValue): EnvEntry {
  return { file, line, name, shape: shapeOf(value.reveal()) };
}

function readDeclared(
  text: string | undefined,
  broken: { file: string; detail: string }[],
): EnvWorld["declared"] {
  return readSecrets(text, broken).map(({ name }) => ({
    name,
    file: configFile,
    offset: Math.max(0, (text ?? "").search(new RegExp(`\\bname:\\s*["']?${name}\\b`))),
  }));
}

function readSecrets(
  text: string | undefined,
  broken: { file: string; detail: string }[],
): Config["secrets"] {
  if (text == null) return [];
  try {
    return parseConfig(text, configFile).secrets;
  } catch (error) {
    broken.push(describe(configFile, error));
    return [];
  }
}

function describe(file: string, error: unknown): { file: string; detail: string } {
  const detail = error instanceof BeeError ? (error.detail ?? error.message) : String(error);
  return { file, detail: `${file}: ${detail.split("\n").join("; ")}` };
}

/** Names in .env.example and the like, those in comments too: they are documented, whatever their values. */
function readTemplates(tree: SourceTree): readonly EnvEntry[] {
  return tree.files.flatMap(({ path, text }) =>
    isTemplate(path)
      ? text.split("\n").flatMap((line, index) => {
          const name = /^\s*#?\s*(?:export\s+)?([A-Z][A-Z0-9_]+)\s*=/.exec(line)?.[1];
          return name == null ? [] : [{ file: path, line: index + 1, name, shape: null }];
        })
      : [],
  );
}

function isTemplate(path: string): boolean {
  return /(^|\/)\.env\.(example|sample|template)$/.test(path);
}

/** Names in infrastructure, workflows, scripts and programs that are no functions. */
function findUsedElsewhere(tree: SourceTree): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { path, text } of tree.files) {
    if (
      !/\.(tf|tfvars|ya?ml|sh|bash|ps1|mk|[cm]?[jt]sx?|dart)$|(^|\/)([Mm]akefile|[Jj]ustfile|Fastfile)$/.test(
        path,
      ) ||
      path === configFile
    )
      continue;
    for (const match of text.matchAll(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g)) names.add(match[0]);
  }
  return names;
}

/** Names that a target may do without, by bee.config.yaml or by a template that holds them as a comment. */
function findOptional(
  texts: ReadonlyMap<string, string>,
  tree: SourceTree,
  target: TargetName,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { path, text } of tree.files) {
    if (!isTemplate(path)) continue;
    for (const match of text.matchAll(/^\s*#\s*([A-Z][A-Z0-9_]+)\s*=/gm)) names.add(match[1] ?? "");
  }
  for (const { name, requiredOn } of readSecrets(texts.get(configFile), [])) {
    if (!requiredOn.includes(target)) names.add(name);
  }
  return names;
}

async function readTarget(
  { ctx, target }: AreaInput,
  values: readonly EnvValue[],
  optional: ReadonlySet<string>,
): Promise<EnvWorld["target"]> {
  if (target == null) return null;
  const digests = await target.connected.ports.secrets.readDigests();
  const own = values.filter(({ file }) => file === `.env.${target.name}`);
  const given = new Set([...own.map(({ name }) => name), ...Object.keys(ctx.env)]);
  const differing = own.filter(({ name, value }) => {
    const digest = digests.get(name);
    return digest != null && digest !== sha256(value.reveal());
  });
  return {
    name: target.name,
    names: new Set(digests.keys()),
    differing: new Set(differing.map(({ name }) => name)),
    given,
    optional,
  };
}
