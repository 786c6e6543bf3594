import { resolve } from "node:path";
import * as z from "zod";
import type { Project } from "../../config/find-project.ts";
import { keepProof, readProof } from "../../config/isolation-proof.ts";
import { exposedSchemas, readSupabaseConfig } from "../../config/supabase-config.ts";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { readAccessFindings } from "../../gates/access-sound.ts";
import { judgeIsolationReport } from "../../gates/rls-isolated.ts";
import type { Report } from "../../output/report.ts";
import { diffFingerprints } from "../../plan/access/access-fingerprint.ts";
import { noAccessSettings } from "../../plan/access/find-owners.ts";
import type { IsolationProver } from "../../ports/isolation-prover.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, splitList, targetFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import type { Target } from "../target.ts";
import { readDatabaseUrl, readText } from "./database-url.ts";
import { keepIsolationRecord } from "./isolation-record.ts";
import { renderIsolation } from "./isolation-report.ts";

const schema = z.strictObject({
  ...targetFlags,
  dbUrlEnv: z.string().min(1).optional(),
  dbUrlFile: z.string().min(1).optional(),
  schema: z.string().optional(),
  seed: z.string().min(1).optional(),
  fingerprint: z.boolean().default(false),
  timeout: z.coerce.number().int().min(1).max(3600).default(120),
});

type Input = z.infer<typeof schema>;

interface Proven {
  readonly prover: IsolationProver;
  readonly where: string;
  readonly target?: NonNullable<Report["target"]>;
  /** Where a run is kept as evidence: a database named by its URL keeps none, nothing is to remain there. */
  readonly keeper?: Pick<Target, "name" | "ref" | "evidence">;
  /** Not to be written to, not even in a transaction that is rolled back. */
  readonly guarded: boolean;
  close(): Promise<void>;
}

/** `bee verify rls`: who reaches whose rows, found by trying. On a guarded target it compares with what was proven. */
export async function runVerifyRls(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const url = await readDatabaseUrl(input, ctx);
  const project = await openProject(ctx, input.project).catch((error: unknown) => {
    if (url != null && error instanceof BeeError && error.code === "BEE-E102") return null;
    throw error;
  });
  const schemas = await chooseSchemas(input, project);
  const proven = url == null ? await fromTarget(input, project, ctx) : await fromUrl(url);
  try {
    return proven.guarded || input.fingerprint
      ? await compare({ proven, project, schemas })
      : await prove({ proven, project, schemas, input, ctx });
  } finally {
    await proven.close();
  }
}

async function chooseSchemas(input: Input, project: Project | null): Promise<readonly string[]> {
  const named = splitList(input.schema);
  if (named.length > 0) return named;
  return project == null ? ["public"] : exposedSchemas(await readSupabaseConfig(project.root));
}

async function fromUrl(url: NonNullable<Awaited<ReturnType<typeof readDatabaseUrl>>>): Promise<Proven> {
  const { connectDatabase } = await import("../../supabase/database.ts");
  const { parseDatabaseUrl } = await import("../../supabase/database-url.ts");
  const { createIsolationProver } = await import("../../supabase/access/isolation-prover.ts");
  const database = connectDatabase({ url });
  const { host, port, database: name } = parseDatabaseUrl(url);
  return {
    prover: createIsolationProver(database),
    where: `${host}:${port}/${name}`,
    guarded: false,
    close: () => database.close(),
  };
}

async function fromTarget(input: Input, project: Project | null, ctx: CommandContext): Promise<Proven> {
  if (project == null) throw new Error("a target needs a project");
  const target = await ctx.connect(project, input.target);
  const { name, ref, url } = target;
  ctx.emit({ type: "target", name, ref, url });
  return {
    prover: target.ports.isolation,
    where: `${name} (${ref})`,
    target: { name, ref, url },
    keeper: target,
    guarded: target.guarded,
    close: () => target.close(),
  };
}

interface Asked {
  readonly proven: Proven;
  readonly project: Project | null;
  readonly schemas: readonly string[];
}

async function prove({
  proven,
  project,
  schemas,
  input,
  ctx,
}: Asked & { readonly input: Input; readonly ctx: CommandContext }): Promise<Report> {
  const started = ctx.clock.now();
  const settings = project?.config.access ?? noAccessSettings;
  const seedSql = input.seed == null ? null : await readText(resolve(ctx.cwd, input.seed), input.seed);
  const report = await proven.prover.prove({
    schemas,
    settings,
    timeoutMs: input.timeout * 1000,
    ...(seedSql == null ? {} : { seedSql }),
    also: async (query) => (await readAccessFindings(query, schemas, settings.public)).findings,
  });
  const verdict = judgeIsolationReport(report);
  const durationMs = ctx.clock.now() - started;
  const fingerprint =
    verdict.kind === "pass" && project != null ? await proven.prover.fingerprint(schemas) : null;
  if (fingerprint != null && project != null) {
    const at = new Date(ctx.clock.now()).toISOString();
    await keepProof(project.root, { at, actor: ctx.actor, where: proven.where, fingerprint });
  }
  const { relations, functions, probes, denials, roundTrips, unverified } = report;
  const record =
    proven.keeper == null || project == null
      ? null
      : await keepIsolationRecord({
          ctx,
          target: proven.keeper,
          verdict,
          fingerprint: fingerprint?.sha256 ?? null,
          figures: {
            relations,
            functions,
            attempts: probes,
            denials,
            roundTrips,
            unverified: unverified.length,
          },
          revision: await (await import("../../tools/git-revision.ts")).readRevision(project.root),
          durationMs,
        });
  return renderIsolation(report, verdict, durationMs, { target: proven.target, record });
}

const differencesShown = 20;

/** Reads only. What was proven for the same access elsewhere holds here. */
async function compare({ proven, project, schemas }: Asked): Promise<Report> {
  const now = await proven.prover.fingerprint(schemas);
  const proof = project == null ? null : await readProof(project.root);
  const about = {
    command: "verify rls",
    ...(proven.target == null ? {} : { target: proven.target }),
    facts: [["fingerprint", now.sha256]] as const,
  };
  const next = [
    "pg_dump --schema-only of it into a throw-away database, its URL in CLONE_URL, then: bee verify rls --db-url-env CLONE_URL",
  ];
  if (proof == null) {
    return {
      ...about,
      exitCode: exitCodes.inconclusive,
      summary: `${proven.where} is read only, and isolation was not proven on a clone yet`,
      data: { verdict: "inconclusive", fingerprint: now.sha256, proof: null, differences: [] },
      next,
    };
  }
  const differences = diffFingerprints(proof.fingerprint, now);
  const data = {
    verdict: differences.length === 0 ? "pass" : "inconclusive",
    fingerprint: now.sha256,
    proof: { at: proof.at, actor: proof.actor, where: proof.where, fingerprint: proof.fingerprint.sha256 },
    differences,
  };
  if (differences.length === 0) {
    return {
      ...about,
      exitCode: exitCodes.ok,
      summary: `isolated: access is what was proven on ${proof.where} at ${proof.at}`,
      data,
    };
  }
  const more = differences.length - differencesShown;
  return {
    ...about,
    exitCode: exitCodes.inconclusive,
    summary: `${differences.length} things that decide access are not as on ${proof.where}, where isolation was proven at ${proof.at}`,
    text: [...differences.slice(0, differencesShown), ...(more > 0 ? [`… and ${more} more`] : [])].join("\n"),
    data,
    next,
  };
}
