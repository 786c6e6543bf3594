import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import * as z from "zod";
import { hashFunctions } from "../../audit/functions/hash-functions.ts";
import { findProject } from "../../config/find-project.ts";
import { targetNames } from "../../config/schema.ts";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { readExceptions } from "../../engine/verdict-policy.ts";
import type { Report } from "../../output/report.ts";
import type { Waiver } from "../../plan/exception.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags } from "../flags.ts";
import type { Target } from "../target.ts";
import { assembleAuditReport } from "./audit-report.ts";
import { areaNames, collectFindings, openSources } from "./collect-findings.ts";

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

/** `bee audit [area] [dir]`: findings from the sources alone; with --target also against what is there. Writes nothing there. */
export async function runAudit(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const root = await findRoot(ctx, input.dir ?? input.project);
  const sources = await openSources(root);
  if (input.decide != null) {
    const { decideFunction } = await import("./decide.ts");
    const { decide, by, evidence } = input;
    return decideFunction(ctx, root, { decide, by, evidence, hashes: hashFunctions(sources.tree) });
  }
  const connected = input.target == null ? null : await ctx.connect(await findProject(root), input.target);
  try {
    const target = input.target == null || connected == null ? null : { name: input.target, connected };
    const { keepGoing, proof, deno } = input;
    const asked = areaNames.filter((name) => input.area === "all" || input.area === name);
    const collected = await collectFindings(asked, sources, { ctx, target, keepGoing, proof, deno });
    const waivers = connected == null ? noWaivers : await readWaivers(ctx, connected);
    return await assembleAuditReport(input, ctx, sources, collected, waivers);
  } finally {
    await connected?.close();
  }
}

const noWaivers: ReadonlyMap<string, Waiver> = new Map();

/** Waivers of findings that stand in the target's evidence; without any when it cannot be trusted. */
async function readWaivers(ctx: CommandContext, { evidence }: Target): Promise<ReadonlyMap<string, Waiver>> {
  const { exceptions, broken } = await readExceptions(evidence, ctx.clock);
  if (broken != null)
    ctx.emit({ type: "note", text: `the evidence was changed afterwards, so no waiver counts: ${broken}` });
  return exceptions.findingWaivers;
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
