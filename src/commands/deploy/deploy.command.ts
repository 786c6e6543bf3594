import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Project } from "../../config/find-project.ts";
import { readChecklists } from "../../config/read-checklists.ts";
import { readPhase } from "../../config/read-phase.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { type DeployOutcome, deploy } from "../../engine/deploy.ts";
import { guardGates } from "../../engine/guard-gates.ts";
import { createVerdictPolicy } from "../../engine/verdict-policy.ts";
import { lockTtlMs } from "../../engine/with-lock.ts";
import { gates } from "../../gates/index.ts";
import type { Report } from "../../output/report.ts";
import type { Phase } from "../../plan/phase.ts";
import { wantedSubject } from "../../plan/scope.ts";
import { steps } from "../../steps/index.ts";
import { readRevision } from "../../tools/git-revision.ts";
import { confirmTarget } from "../confirm-target.ts";
import type { CommandContext } from "../context.ts";
import { durationFlag, parseFlags, targetFlags } from "../flags.ts";
import { planReport } from "../plan/plan-report.ts";
import { readDeployView } from "../read-view.ts";
import { openProject, readWork, type Work } from "../read-work.ts";
import { reportError, reportGate, reportStep } from "../report-outcome.ts";
import type { Target } from "../target.ts";
import { watchDeployed } from "./watch-deployed.ts";

const schema = z.strictObject({
  phase: z.string(),
  ...targetFlags,
  secrets: z.string().optional(),
  yes: z.boolean().default(false),
  confirm: z.string().optional(),
  dryRun: z.boolean().default(false),
  watch: durationFlag("10s", "24h").optional(),
});

/** `bee deploy <phase>`: read → assemble → apply, and a Report of it. */
export async function runDeploy(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const phase = await readPhase(input.phase);
  const project = await openProject(ctx, input.project);
  const [work, target] = await readBoth(
    readWork(ctx, project, input.target, input.secrets),
    ctx.connect(project, input.target),
  );
  try {
    ctx.emit({ type: "target", name: target.name, ref: target.ref, url: target.url });
    if (input.dryRun) return await planReport("deploy --dry-run", phase, work, target);
    const outcome = await deploy({
      ...assembleInput(ctx, project, phase, work, target),
      readRevision: () => readRevision(project.root),
      strict: target.guarded,
      onRefusal: "undo",
      confirm: (plan) => confirmTarget(plan, target, input, ctx),
    });
    const deployed = report(outcome, target, ctx);
    if (input.watch == null || deployed.exitCode !== exitCodes.ok) return deployed;
    return { ...deployed, ...(await watchDeployed({ ctx, project, target, durationMs: input.watch })) };
  } finally {
    await target.close();
  }
}

/** Both at once; when reading fails, a target that was reached is let go first. */
async function readBoth(reading: Promise<Work>, connecting: Promise<Target>): Promise<[Work, Target]> {
  try {
    return await Promise.all([reading, connecting]);
  } catch (error) {
    await connecting.then(
      (target) => target.close(),
      () => undefined,
    );
    throw error;
  }
}

function assembleInput(ctx: CommandContext, project: Project, phase: Phase, work: Work, target: Target) {
  return {
    run: randomUUID(),
    phase,
    targetName: target.name,
    steps: steps.filter(({ id }) => phase.steps.includes(id)),
    gates: guardGates(gates, target.guarded),
    policy: createVerdictPolicy({
      evidence: target.evidence,
      clock: ctx.clock,
      readChecklists: () => readChecklists(gates.map(({ id }) => id)),
      subject: async () => wantedSubject(work),
      note: (text) => ctx.emit({ type: "note", text }),
    }),
    ports: target.ports,
    lock: target.lock,
    lockTtlMs,
    journal: ctx.journal(project, target.name),
    readView: () => readDeployView(target, work),
    facts: work.facts,
    secretValues: work.secretValues,
    actor: ctx.actor,
    tools: { bee: ctx.version, node: process.version },
    emit: ctx.emit,
    clock: ctx.clock,
    signal: ctx.signal,
  };
}

function report(outcome: DeployOutcome, target: Target, ctx: CommandContext): Report {
  const { plan, exitCode, state, release, error } = outcome;
  const resume = `bee deploy ${plan.phase} --target ${target.name}`;
  const resumable: readonly number[] = [exitCodes.partial, exitCodes.interrupted, exitCodes.inconclusive];
  const interrupted = ctx.signal.aborted && exitCode !== exitCodes.ok && error == null;
  return {
    command: "deploy",
    target: { name: target.name, ref: target.ref, url: target.url },
    exitCode,
    summary: interrupted ? `interrupted; ${state}` : state,
    steps: outcome.steps.map(reportStep),
    gates: outcome.gates.map(reportGate),
    plan,
    data: { release: release == null ? null : { id: release.id, planDigest: release.planDigest } },
    facts: exitCode === exitCodes.ok ? target.facts : [],
    ...(error == null ? {} : { error: reportError(error) }),
    ...(resumable.includes(exitCode) ? { next: [resume] } : {}),
  };
}
