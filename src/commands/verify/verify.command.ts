import * as z from "zod";
import { readChecklists } from "../../config/read-checklists.ts";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { allGates } from "../../engine/attestation-gate.ts";
import { guardGates } from "../../engine/guard-gates.ts";
import { judgeGates } from "../../engine/run-gates.ts";
import { createVerdictPolicy } from "../../engine/verdict-policy.ts";
import { verify } from "../../engine/verify.ts";
import { gates } from "../../gates/index.ts";
import { countVerdicts } from "../../output/check-report.ts";
import type { Report } from "../../output/report.ts";
import type { GateResult } from "../../plan/run-event.ts";
import { releasedSubject, wantedSubject } from "../../plan/scope.ts";
import { type Selection, selectLines } from "../../plan/select-lines.ts";
import type { View } from "../../plan/view.ts";
import { readRevision } from "../../tools/git-revision.ts";
import { confirmChange } from "../confirm-target.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, targetFlags } from "../flags.ts";
import { readView } from "../read-view.ts";
import { openProject, readWork } from "../read-work.ts";
import { reportGate } from "../report-outcome.ts";
import type { Target } from "../target.ts";
import { chainReport } from "./chain-report.ts";
import { groupChecks } from "./group-checks.ts";
import { keepRecord } from "./keep-record.ts";

const schema = z.strictObject({
  names: z.array(z.string()).default([]),
  ...targetFlags,
  secrets: z.string().optional(),
  allowWrites: z.boolean().default(false),
  confirm: z.string().optional(),
  chain: z.boolean().default(false),
  selfTest: z.boolean().default(false),
});

type Input = z.infer<typeof schema>;

/** `bee verify [checklist|line|gate …]`: measures what the plan's checklists ask, and keeps the verdicts as evidence. */
export async function runVerify(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const project = await openProject(ctx, input.project);
  if (input.chain) {
    const target = await ctx.connect(project, input.target);
    return chainReport(target).finally(() => target.close());
  }
  const gateIds = gates.map(({ id }) => id);
  const checklists = await readChecklists(gateIds);
  const selected = selectLines(checklists, gateIds, input.names);
  if ("unknown" in selected)
    throw unknownNames(
      selected.unknown,
      checklists.map(({ id }) => id),
    );
  if (input.selfTest)
    return (await import("./self-test-report.ts")).selfTestReport(ctx, project, selected.gates);
  const work = await readWork(ctx, project, input.target, input.secrets);
  const target = await ctx.connect(project, input.target);
  try {
    ctx.emit({ type: "target", name: target.name, ref: target.ref, url: target.url });
    const started = ctx.clock.now();
    let reading: Promise<View> | null = null;
    const readOnce = (): Promise<View> => {
      reading ??= readView(target, work.desired, work.facts.exposedSchemas);
      return reading;
    };
    const policy = createVerdictPolicy({
      evidence: target.evidence,
      clock: ctx.clock,
      readChecklists: async () => checklists,
      subject: async () => {
        const view = await readOnce();
        const { release } = view.actual;
        return release == null ? wantedSubject(view) : releasedSubject(release);
      },
      note: (text) => ctx.emit({ type: "note", text }),
    });
    const guarded = guardGates(gates, target.guarded);
    const all = allGates(guarded, checklists, { policy, byName: input.names.length > 0 });
    const { results, view } = await verify({
      gates: all.filter(({ id }) => selected.gates.includes(id)),
      writes: await readConsent(input, target, ctx),
      ports: target.ports,
      desired: work.desired,
      readView: readOnce,
      facts: work.facts,
      lock: target.lock,
      actor: ctx.actor,
      policy,
      emit: ctx.emit,
      clock: ctx.clock,
      signal: ctx.signal,
    });
    const durationMs = ctx.clock.now() - started;
    // Half a run is no evidence.
    if (ctx.signal.aborted)
      return { ...report(selected, results, target, { evidence: null }), ...interrupted };
    const record = await keepRecord({
      ctx,
      target,
      view,
      results,
      asked: input.names,
      mayCreate: !target.guarded || input.allowWrites,
      revision: await readRevision(project.root),
      durationMs,
    });
    const subjects = (view?.actual.release?.functions ?? []).map(({ slug, bundleSha256 }) => ({
      name: slug,
      sha256: bundleSha256,
    }));
    return { ...report(selected, results, target, { evidence: record }), subjects };
  } finally {
    await target.close();
  }
}

const interrupted = {
  exitCode: exitCodes.interrupted,
  summary: "interrupted; synthetic users were removed, nothing was kept as evidence",
};

/** Gates that write synthetic data are asked on a guarded target only when its ref is given. */
async function readConsent(
  { allowWrites, confirm }: Input,
  target: Target,
  ctx: CommandContext,
): Promise<{ readonly allowed: true } | { readonly allowed: false; readonly why: string }> {
  if (!target.guarded) return { allowed: true };
  if (!allowWrites) {
    const why = `it writes synthetic data, and ${target.name} is guarded: add --allow-writes --confirm ${target.ref}`;
    return { allowed: false, why };
  }
  await confirmChange(
    "write synthetic users and their rows, and remove them",
    target,
    { yes: false, confirm },
    ctx,
  );
  return { allowed: true };
}

function report(
  selection: Selection,
  results: readonly GateResult[],
  target: Target,
  data: { readonly evidence: unknown },
): Report {
  const exitCode = judgeGates(results);
  const checks = groupChecks(selection, results, target.name);
  const kinds = results.map(({ verdict }) => ({ verdict: verdict.kind }));
  return {
    command: "verify",
    target: { name: target.name, ref: target.ref, url: target.url },
    exitCode,
    summary: countVerdicts(kinds),
    gates: results.map(reportGate),
    checks,
    data: {
      checklists: selection.groups.map(({ id, title, lines }) => ({
        id,
        title,
        lines: lines.map(({ gate, line }) => ({
          id: line?.id ?? gate,
          line: line?.line ?? null,
          source: line?.source ?? null,
          severity: line?.severity ?? null,
          gate,
          verdict: results.find((result) => result.id === gate)?.verdict.kind ?? null,
        })),
      })),
      ...data,
    },
  };
}

function unknownNames(
  unknown: readonly { readonly name: string; readonly near: string | null }[],
  checklists: readonly string[],
): BeeError {
  const [first] = unknown;
  return new BeeError({
    code: "BEE-E111",
    message: `There is no checklist, line or gate ${unknown.map(({ name }) => `"${name}"`).join(", ")}.`,
    detail: `checklists: ${checklists.join(", ")}; gates and lines: docs/gates.md`,
    hint:
      first?.near == null
        ? "Name one of them, or none: bee verify"
        : `Did you mean: bee verify ${first.near}`,
    exit: exitCodes.usage,
  });
}
