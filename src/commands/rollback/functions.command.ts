import { randomUUID } from "node:crypto";
import * as z from "zod";
import { BeeError } from "../../core/bee-error.ts";
import { type ExitCode, exitCodes } from "../../core/exit-code.ts";
import { deploy } from "../../engine/deploy.ts";
import { lockTtlMs } from "../../engine/with-lock.ts";
import { gates } from "../../gates/index.ts";
import { formatDuration } from "../../output/format-duration.ts";
import type { Report } from "../../output/report.ts";
import {
  assembleRestore,
  chooseRestore,
  type FunctionRestore,
  switchedOffMark,
} from "../../plan/assemble-restore.ts";
import type { FunctionArtifact } from "../../plan/deployed-function.ts";
import { killSwitch } from "../../plan/kill-switch.ts";
import type { Phase } from "../../plan/phase.ts";
import { keptReleases, type Release } from "../../plan/release.ts";
import type { Actual, Desired } from "../../plan/view.ts";
import { steps } from "../../steps/index.ts";
import { readRevision } from "../../tools/git-revision.ts";
import { confirmTarget } from "../confirm-target.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, targetFlags } from "../flags.ts";
import { readView } from "../read-view.ts";
import { openProject } from "../read-work.ts";
import { reportError, reportGate, reportStep } from "../report-outcome.ts";
import type { Target } from "../target.ts";
import { unknownRelease } from "../unknown-release.ts";

const schema = z.strictObject({
  ...targetFlags,
  to: z.string().optional(),
  check: z.boolean().default(false),
  yes: z.boolean().default(false),
  confirm: z.string().optional(),
});

/** The plan's budget for functions (rollback plan: "immediate", under 5 minutes). */
const budgetMs = 5 * 60_000;

/** The same engine as a deploy: a rollback is a plan assembled from the release ledger. */
const phase: Phase = {
  id: "rollback functions",
  title: "Bring back the functions of a release",
  gatesBefore: [],
  steps: ["functions.stage", "functions.activate"],
  gatesAfter: ["functions-boot", "callers-verified", "momentum-smoke", "kill-switch-answers"],
};

/** `bee rollback functions [--to RELEASE] [--check]`: the exact prior bytes and settings, live and proven again. */
export async function runRollbackFunctions(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const project = await openProject(ctx, input.project);
  const target = await ctx.connect(project, input.target);
  try {
    ctx.emit({ type: "target", name: target.name, ref: target.ref, url: target.url });
    const started = ctx.clock.now();
    const nothing: Desired = { projectName: project.config.name, migrations: [], functions: [], secrets: [] };
    const [{ actual }, releases] = await Promise.all([
      readView(target, nothing, ["public"]),
      target.ports.ledger.readReleases(keptReleases),
    ]);
    const restore = readRestore(releases, actual, target.ref, input.to);
    const desired: Desired = { ...nothing, ...(await assembleDesired(restore, releases, actual, target)) };
    for (const text of describeRestore(restore)) ctx.emit({ type: "note", text });
    if (input.check) return checkReport(restore, target);
    const outcome = await deploy({
      run: randomUUID(),
      phase,
      targetName: target.name,
      steps: steps.filter(({ id }) => phase.steps.includes(id)),
      gates,
      ports: target.ports,
      lock: target.lock,
      lockTtlMs,
      journal: ctx.journal(project, target.name),
      readView: () => readView(target, desired, ["public"]),
      facts: { exposedSchemas: ["public"], probeRows: [], migrationFindings: [], secretProblems: [] },
      secretValues: new Map(),
      actor: ctx.actor,
      readRevision: () => readRevision(project.root),
      tools: { bee: ctx.version, node: process.version },
      emit: ctx.emit,
      clock: ctx.clock,
      signal: ctx.signal,
      strict: target.guarded,
      onRefusal: "keep",
      restores: restore.to?.id ?? switchedOffMark,
      confirm: (plan) => confirmTarget(plan, target, input, ctx),
    });
    const tookMs = ctx.clock.now() - started;
    const exitCode: ExitCode =
      outcome.exitCode === exitCodes.refused ? exitCodes.rollbackFailed : outcome.exitCode;
    return {
      command: "rollback functions",
      target: { name: target.name, ref: target.ref, url: target.url },
      exitCode,
      summary: `${outcome.state}, after ${formatDuration(tookMs)} of ${formatDuration(budgetMs)}`,
      steps: outcome.steps.map(reportStep),
      gates: outcome.gates.map(reportGate),
      plan: outcome.plan,
      data: { ...describeData(restore), release: outcome.release?.id ?? null, tookMs, budgetMs },
      facts: describeRestore(restore).map((line) => ["", line] as const),
      ...(outcome.error == null ? {} : { error: reportError(outcome.error) }),
    };
  } finally {
    await target.close();
  }
}

function readRestore(
  releases: readonly Release[],
  actual: Actual,
  ref: string,
  asked: string | undefined,
): FunctionRestore {
  if (releases.length === 0) throw noRelease();
  const chosen = chooseRestore(releases, actual, asked);
  if (chosen === "unknown") throw unknownRelease(asked ?? "", releases);
  if (chosen != null && chosen.projectRef !== ref) throw foreignRelease(chosen, ref);
  return assembleRestore(chosen, releases, actual);
}

/** The bundles come from the ledger, so a checkout of any revision, or of none, will do. */
async function assembleDesired(
  restore: FunctionRestore,
  releases: readonly Release[],
  actual: Actual,
  target: Target,
): Promise<Pick<Desired, "migrations" | "functions" | "secrets">> {
  const restored = await Promise.all(
    restore.restored.map(async ({ slug, bundleSha256, verifyJwt }): Promise<FunctionArtifact> => {
      const bytes = await target.ports.ledger.readBundle(bundleSha256);
      if (bytes == null) throw prunedBundle(slug, restore.to?.id ?? "");
      return { slug, bytes, sha256: bundleSha256, verifyJwt };
    }),
  );
  const off = restore.switchedOff.map(({ slug, verifyJwt }) => killSwitch(slug, verifyJwt));
  const recorded = releases[0]?.migrations ?? [];
  return {
    functions: [...restored, ...off],
    migrations: recorded.map(({ version, sha256 }) => ({
      version,
      sha256,
      name: "",
      path: version,
      sql: "",
      statements: [],
    })),
    secrets: (restore.to?.secrets ?? []).flatMap(({ name }) => {
      const sha256 = actual.secretDigests.get(name);
      return sha256 == null ? [] : [{ name, sha256 }];
    }),
  };
}

function checkReport(restore: FunctionRestore, target: Target): Report {
  return {
    command: "rollback functions --check",
    target: { name: target.name, ref: target.ref, url: target.url },
    exitCode: exitCodes.ok,
    summary: "possible; nothing was changed",
    data: describeData(restore),
    facts: describeRestore(restore).map((line) => ["", line] as const),
    next: [
      `bee rollback functions --target ${target.name}${restore.to == null ? "" : ` --to ${restore.to.id}`}`,
    ],
  };
}

function describeData(restore: FunctionRestore): Readonly<Record<string, unknown>> {
  return {
    to: restore.to?.id ?? null,
    restored: restore.restored.map(({ slug }) => slug),
    switchedOff: restore.switchedOff.map(({ slug }) => slug),
    changedSecrets: restore.changedSecrets,
  };
}

function describeRestore({ to, restored, switchedOff, changedSecrets }: FunctionRestore): readonly string[] {
  const lines: string[] = [];
  if (to != null)
    lines.push(`back to ${to.id} of ${to.recordedAt}: ${restored.map(({ slug }) => slug).join(", ")}`);
  if (switchedOff.length > 0) {
    lines.push(`switched off (503), no prior version: ${switchedOff.map(({ slug }) => slug).join(", ")}`);
  }
  if (changedSecrets.length > 0) {
    lines.push(`secrets changed since, not brought back: ${changedSecrets.join(", ")}`);
  }
  return lines;
}

function noRelease(): BeeError {
  return new BeeError({
    code: "BEE-E524",
    message: "There is nothing to go back to: the ledger holds no release.",
    detail: "nothing was changed",
    hint: "Deploy first: bee deploy phase1",
    exit: exitCodes.usage,
  });
}

function foreignRelease(release: Release, ref: string): BeeError {
  return new BeeError({
    code: "BEE-E522",
    message: `Release ${release.id} belongs to the project ${release.projectRef}, not to ${ref}.`,
    detail: "nothing was changed",
    hint: "The ledger was copied from another project: deploy once, then releases of this one can be restored.",
    exit: exitCodes.usage,
  });
}

function prunedBundle(slug: string, release: string): BeeError {
  return new BeeError({
    code: "BEE-E523",
    message: `The bundle of ${slug} in release ${release} is no longer kept.`,
    detail: "nothing was changed",
    hint: "Take a newer release (bee releases), or deploy that revision: git checkout <commit> && bee deploy phase1",
    exit: exitCodes.usage,
  });
}
