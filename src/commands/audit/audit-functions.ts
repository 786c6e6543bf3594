import { createModuleGraph } from "../../audit/functions/analysis/module-graph.ts";
import { assembleMirror, sourceFolder } from "../../audit/functions/deno/assemble-mirror.ts";
import { judgeDiagnostics } from "../../audit/functions/deno/judge-diagnostics.ts";
import { findExecuting } from "../../audit/functions/find-executing.ts";
import { eachFunction } from "../../audit/functions/find-functions.ts";
import { findUsage } from "../../audit/functions/usage/find-usage.ts";
import { usageKinds } from "../../audit/functions/usage/usage.ts";
import type { ConfiguredFunction, FunctionSource, FunctionsWorld } from "../../audit/functions/world.ts";
import { functionRules } from "../../audit/index.ts";
import { findLayout } from "../../audit/layout.ts";
import { locate } from "../../audit/locate.ts";
import { runRules } from "../../audit/run-rules.ts";
import { parseVerdicts, verdictsFile } from "../../config/function-verdicts.ts";
import { plural } from "../../output/render-findings.ts";
import type { CodeAnswer } from "../../plan/code-check.ts";
import type { SourceTree } from "../../plan/source-tree.ts";
import type { ParseCode } from "../../plan/syntax.ts";
import { createCodeParser } from "../../tools/code-parser.ts";
import type { AreaAnswer, AreaInput } from "./area.ts";
import { breathe } from "./breathe.ts";

/** `bee audit functions`: what each function does on the way from a request to its answer, and who calls it. */
export async function auditFunctions({ ctx, tree, texts, target, deno }: AreaInput): Promise<AreaAnswer> {
  const live = await target?.connected.ports.functions.list();
  const deployed =
    target == null || live == null
      ? null
      : { target: target.name, slugs: live.map(({ slug }) => slug).sort() };
  const { signal } = ctx;
  const world = await assembleFunctions({ tree, texts, parse: await createCodeParser(), deployed, signal });
  const calls = world.usage.flatMap(({ references }) => references);
  // It works beside us while our own rules are asked.
  const asking = deno && world.functions.length > 0 ? askDeno(ctx, world) : null;
  asking?.catch(() => {});
  const own = runRules(functionRules, world, texts);
  const answer = await asking;
  return {
    isEmpty: world.functions.length === 0 && world.usage.length === 0,
    findings: answer == null ? own : [...own, ...judgeDiagnostics(answer.diagnostics, own, texts)],
    facts:
      world.functions.length === 0
        ? [["functions", "none"]]
        : [
            ["functions", listFunctions(world.functions)],
            ["used in", plural(new Set(calls.map(({ file }) => file)).size, "file")],
            ...describeUsage(world, texts),
            ...(answer?.facts ?? []),
          ],
    data: {
      usage: world.usage.map(({ slug, hasSource, references }) => ({
        function: slug,
        hasSource,
        references: references.map(({ kind, file, offset }) => ({
          kind,
          file,
          line: locate(texts.get(file) ?? "", offset).line,
        })),
      })),
    },
  };
}

function listFunctions(functions: FunctionsWorld["functions"]): string {
  const shown = functions.slice(0, shownFunctions).map(({ slug }) => slug);
  const more = functions.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** More functions than this are for the JSON document. */
const shownFunctions = 12;

/** By whom each function is used, for whoever decides over it. */
function describeUsage({ usage }: FunctionsWorld, texts: ReadonlyMap<string, string>): AreaAnswer["facts"] {
  if (usage.length > shownFunctions) return [];
  return usage.map(({ slug, references }) => {
    const kinds = usageKinds.flatMap((kind) => {
      const own = references.filter((one) => one.kind === kind);
      return own.length === 0 ? [] : [`${own.length} ${kind}`];
    });
    const [first] = references;
    const where =
      first == null ? "" : `, first ${first.file}:${locate(texts.get(first.file) ?? "", first.offset).line}`;
    return [`  ${slug}`, `${kinds.join(", ") || "named nowhere"}${where}`];
  });
}

interface DenoAnswer extends Pick<CodeAnswer, "diagnostics"> {
  readonly facts: AreaAnswer["facts"];
}

async function askDeno(ctx: AreaInput["ctx"], world: FunctionsWorld): Promise<DenoAnswer> {
  const checker = await ctx.codeChecker();
  const version = await checker.readVersion();
  if (version == null)
    return { diagnostics: [], facts: [["deno", "not installed, so types and lint were not looked at"]] };
  const { diagnostics, unasked } = await checker.check(assembleMirror(world), ctx.signal);
  return {
    diagnostics,
    facts: [
      ["check, lint", version],
      ...unasked.map((why): [string, string] => ["not asked", why.replace(` ${sourceFolder}/`, " ")]),
    ],
  };
}

export interface FunctionsInput {
  readonly tree: SourceTree;
  readonly texts: ReadonlyMap<string, string>;
  readonly parse: ParseCode;
  readonly deployed?: FunctionsWorld["deployed"];
  readonly signal: AbortSignal;
}

/** The functions of a folder as their rules see them. */
export async function assembleFunctions({
  tree,
  texts,
  parse,
  deployed = null,
  signal,
}: FunctionsInput): Promise<FunctionsWorld> {
  const graph = createModuleGraph(texts, findLayout(tree).functions, parse);
  const configured = readConfigured(texts.get("supabase/config.toml"));
  const functions: FunctionSource[] = [];
  for (const one of eachFunction(tree, graph, configured)) {
    functions.push(one);
    await breathe(signal);
  }
  const yaml = texts.get(verdictsFile);
  const parsed = yaml == null ? null : parseVerdicts(yaml);
  const verdicts = parsed == null ? null : "verdicts" in parsed ? parsed.verdicts : [];
  const modules = new Map(functions.flatMap((one) => one.modules).map((one) => [one.path, one]));
  const usage = findUsage(tree, {
    sources: new Map(functions.map(({ slug, folder }) => [slug, folder])),
    others: [
      ...configured.map(({ slug }) => slug),
      ...(verdicts ?? []).map((one) => one.function),
      ...(deployed?.slugs ?? []),
    ],
  });
  const mistakes = parsed != null && "mistakes" in parsed ? parsed.mistakes : [];
  return {
    tree,
    graph,
    functions,
    modules: [...modules.values()],
    configured,
    usage,
    executing: findExecuting(tree),
    deployed,
    verdicts: mistakes.length > 0 ? null : verdicts,
    verdictMistakes: mistakes,
  };
}

/** Tables `[functions.name]`; whether the file as a whole is sound is asked elsewhere. */
function readConfigured(text: string | undefined): readonly ConfiguredFunction[] {
  if (text == null) return [];
  return [...text.matchAll(/^[ \t]*\[functions\.["']?([\w-]+)["']?\][^\n]*$/gm)].map((match) => {
    const rest = text.slice(match.index + match[0].length);
    const own = rest.slice(0, /^[ \t]*\[/m.exec(rest)?.index ?? rest.length);
    const verify = /^[ \t]*verify_jwt[ \t]*=[ \t]*(true|false)/m.exec(own);
    return {
      slug: match[1] ?? "",
      file: "supabase/config.toml",
      offset: match.index + (verify == null ? 0 : match[0].length + verify.index),
      verifyJwt: verify == null ? null : verify[1] === "true",
    };
  });
}
