import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import * as z from "zod";
import { applyBaseline, assembleBaseline } from "../../audit/baseline.ts";
import { hashFunctions } from "../../audit/functions/hash-functions.ts";
import { sourceRules } from "../../audit/index.ts";
import { runRules, sortFindings } from "../../audit/run-rules.ts";
import { findProject } from "../../config/find-project.ts";
import { readSources } from "../../config/read-sources.ts";
import { targetNames } from "../../config/schema.ts";
import { BeeError } from "../../core/bee-error.ts";
import { type ExitCode, exitCodes } from "../../core/exit-code.ts";
import type { Finding, Severity } from "../../core/verdict.ts";
import { countFindings, plural, renderFindings } from "../../output/render-findings.ts";
import type { Report } from "../../output/report.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags } from "../flags.ts";
import type { AreaInput, AuditArea } from "./area.ts";
import { readBaseline, writeBaseline } from "./baseline-file.ts";

const schema = z.strictObject({
  area: z.enum(["functions", "migrations", "env", "all"]).default("all"),
  dir: z.string().optional(),
  project: z.string().optional(),
  target: z.enum(targetNames).optional(),
  failOn: z.enum(["error", "warning", "info"]).default("error"),
  keepGoing: z.boolean().default(false),
  deno: z.boolean().default(true),
  proof: z.boolean().default(true),
  baseline: z.string().optional(),
  writeBaseline: z.string().optional(),
  decide: z.string().optional(),
  by: z.string().optional(),
  evidence: z.string().optional(),
});

/** Loaded when asked for: each has a parser of its own. */
const areas: Readonly<Record<string, () => Promise<AuditArea>>> = {
  functions: async () => (await import("./audit-functions.ts")).auditFunctions,
  migrations: async () => (await import("./audit-migrations.ts")).auditMigrations,
  env: async () => (await import("./audit-env.ts")).auditEnv,
};

const gravity: readonly Severity[] = ["info", "warning", "error"];

/** `bee audit [area] [dir]`: findings from the sources alone; with --target also against what is there. Writes nothing there. */
export async function runAudit(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const root = await findRoot(ctx, input.dir ?? input.project);
  const tree = await readSources(root);
  const texts = new Map(tree.files.map(({ path, text }) => [path, text]));
  if (input.decide != null) {
    const { decideFunction } = await import("./decide.ts");
    const { decide, by, evidence } = input;
    return decideFunction(ctx, root, { decide, by, evidence, hashes: hashFunctions(tree) });
  }
  const connected = input.target == null ? null : await ctx.connect(await findProject(root), input.target);
  try {
    const target = input.target == null || connected == null ? null : { name: input.target, connected };
    const asked = Object.entries(areas).filter(([name]) => input.area === "all" || input.area === name);
    const areaInput: AreaInput = {
      ctx,
      root,
      tree,
      texts,
      target,
      keepGoing: input.keepGoing,
      proof: input.proof,
      deno: input.deno,
    };
    const answers = await Promise.all(asked.map(async ([, load]) => (await load())(areaInput)));
    const found = sortFindings([
      ...runRules(sourceRules, tree, texts),
      ...answers.flatMap(({ findings }) => findings),
    ]);
    const facts = answers.flatMap((one) => one.facts);
    const data = Object.assign({}, ...answers.map((one) => one.data ?? {}));
    return await report(input, ctx, root, { texts, found, facts, data });
  } finally {
    await connected?.close();
  }
}

interface Found {
  readonly texts: ReadonlyMap<string, string>;
  readonly found: readonly Finding[];
  readonly facts: readonly (readonly [string, string])[];
  readonly data: object;
}

async function report(
  input: z.infer<typeof schema>,
  ctx: CommandContext,
  root: string,
  { texts, found, facts, data }: Found,
): Promise<Report> {
  const today = new Date(ctx.clock.now()).toISOString().slice(0, 10);
  const baseline = await readBaseline(ctx.cwd, input.baseline ?? input.writeBaseline, input.baseline != null);
  if (input.writeBaseline != null) {
    await writeBaseline(ctx.cwd, root, input.writeBaseline, assembleBaseline(found, baseline, today));
  }
  const judged = applyBaseline(
    found,
    input.writeBaseline == null ? baseline : assembleBaseline(found, baseline, today),
    today,
  );
  const exitCode = exitFor(judged.findings, input.failOn);
  const aside = [
    judged.accepted.length === 0 ? null : `${judged.accepted.length} accepted by the baseline`,
    judged.expired.length === 0 ? null : `${judged.expired.length} of its keys past their day`,
    judged.unused.length === 0 ? null : `${judged.unused.length} of its keys match nothing`,
  ].filter((part) => part != null);
  return {
    command: "audit",
    exitCode,
    summary: [`${countFindings(judged.findings)} in ${plural(texts.size, "file")}`, ...aside].join("; "),
    facts,
    ...(judged.findings.length === 0 ? {} : { text: `${renderFindings(judged.findings, texts)}\n` }),
    ...(judged.findings[0] == null ? {} : { next: [`bee explain ${judged.findings[0].rule}`] }),
    findings: judged.findings,
    data: {
      audited: root,
      files: texts.size,
      accepted: judged.accepted,
      expired: judged.expired,
      ...data,
    },
  };
}

function exitFor(findings: readonly Finding[], failOn: Severity): ExitCode {
  const grave = gravity.slice(gravity.indexOf(failOn));
  return findings.some(({ severity }) => grave.includes(severity)) ? exitCodes.refused : exitCodes.ok;
}

/** A folder that is named is audited as it is; without one the project around here. */
async function findRoot(ctx: CommandContext, dir: string | undefined): Promise<string> {
  if (dir == null) return (await findProject(ctx.cwd)).root;
  const root = resolve(ctx.cwd, dir);
  const found = await stat(root).catch(() => null);
  if (found?.isDirectory()) return root;
  throw new BeeError({
    code: "BEE-E901",
    message: found == null ? `There is no folder ${dir}.` : `${dir} is not a folder.`,
    hint: "Name the folder to audit: bee audit all DIR",
    exit: exitCodes.usage,
  });
}
