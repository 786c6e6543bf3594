import { BeeError } from "../core/bee-error.ts";
import { type ExitCode, exitCodes } from "../core/exit-code.ts";
import { assemblePlan } from "../plan/assemble-plan.ts";
import { foldJournal } from "../plan/fold-journal.ts";
import type { Plan } from "../plan/plan.ts";
import type { Release } from "../plan/release.ts";
import type { GateResult, StepResult } from "../plan/run-event.ts";
import type { View } from "../plan/view.ts";
import type { Lease } from "../ports/deploy-lock.ts";
import type { GateContext } from "../ports/gate.ts";
import { lockLost } from "../ports/lock-lost.ts";
import type { StepContext } from "../ports/step.ts";
import { askAfter } from "./ask-after.ts";
import { assembleRelease } from "./assemble-release.ts";
import type { DeployInput } from "./deploy-input.ts";
import { fencePorts } from "./fence-ports.ts";
import { createProbeUsers } from "./probe-users.ts";
import { judgeGates, letsPass, runGates } from "./run-gates.ts";
import { runSteps } from "./run-steps.ts";
import { createStepBarrier } from "./step-barrier.ts";
import { undoSteps } from "./undo-steps.ts";
import { withLock } from "./with-lock.ts";

export interface DeployOutcome {
  readonly plan: Plan;
  readonly steps: readonly StepResult[];
  readonly gates: readonly GateResult[];
  readonly release: Release | null;
  readonly exitCode: ExitCode;
  /** One line on the state the target is in now. */
  readonly state: string;
  readonly error?: unknown;
}

/** read → assemble → apply. Nothing is locked or written when there is nothing to do. */
export async function deploy(input: DeployInput): Promise<DeployOutcome> {
  const [view, entries] = await Promise.all([input.readView(), input.journal.read()]);
  const plan = assemble(input, view);
  input.emit({ type: "plan", plan });
  for (const { step, at } of foldJournal(entries)) {
    input.emit({ type: "note", text: `an earlier run died in ${step} (${at}); what it left was read back` });
  }
  if (!plan.pending) return confirmUnchanged(input, plan, view);
  await input.confirm(plan);
  const request = {
    holder: input.actor,
    message: input.message ?? `bee deploy ${plan.phase}`,
    ttlMs: input.lockTtlMs,
  };
  input.ports.app.prepare();
  // They only read, so they need not wait for the lock; asked again when the target moved meanwhile.
  const early = askBefore(input, plan, view);
  const work = async (lease: Lease, signal: AbortSignal): Promise<DeployOutcome> => {
    const fresh = await input.readView();
    const locked = assemble(input, fresh);
    if (locked.digest !== plan.digest && input.strict) throw movedSincePlan();
    if (locked.digest !== plan.digest) input.emit({ type: "plan", plan: locked });
    const ports = fencePorts(input.ports, async () => {
      if (!(await input.lock.renew(lease, input.lockTtlMs))) throw lockLost();
    });
    const own = { ...input, ports, signal };
    const before = await (locked.digest === plan.digest ? early : askBefore(own, locked, fresh));
    return applyLocked(own, locked, fresh, lease, before);
  };
  return withLock(input.lock, request, input.signal, work, (text) => input.emit({ type: "note", text }));
}

/** The plan of a phase against the target as `view` shows it. */
export function assemble(input: Pick<DeployInput, "phase" | "targetName" | "steps">, view: View): Plan {
  return assemblePlan({ phase: input.phase, targetName: input.targetName, steps: input.steps, view });
}

async function confirmUnchanged(input: DeployInput, plan: Plan, view: View): Promise<DeployOutcome> {
  const ids = [...plan.gatesBefore, ...plan.gatesAfter];
  const gates = await runGates({
    gates: input.gates.filter((gate) => gate.readOnly && ids.includes(gate.id)),
    context: gateContext(input, view),
    emit: input.emit,
    clock: input.clock,
    policy: input.policy,
  });
  const steps = await runSteps(stepsInput(input, plan, view, { token: 0, holder: input.actor }));
  const release = view.actual.release;
  return {
    plan,
    steps,
    gates,
    release,
    exitCode: judgeGates(gates),
    state: `nothing to do: release ${release?.id ?? "-"} is live as planned`,
  };
}

function askBefore(input: DeployInput, plan: Plan, view: View): Promise<readonly GateResult[]> {
  const { emit, clock, policy } = input;
  const gates = input.gates.filter(({ id }) => plan.gatesBefore.includes(id));
  return runGates({ gates, context: gateContext(input, view), emit, clock, policy });
}

async function applyLocked(
  input: DeployInput,
  plan: Plan,
  view: View,
  lease: Lease,
  before: readonly GateResult[],
): Promise<DeployOutcome> {
  const started = input.clock.now();
  const at = (): string => new Date(input.clock.now()).toISOString();
  await input.journal.append({
    type: "run",
    run: input.run,
    at: at(),
    planDigest: plan.digest,
    phase: plan.phase,
  });
  const outcome = await applyPlan(input, plan, view, lease, before, started);
  await input.journal.append({ type: "end", run: input.run, at: at(), exitCode: outcome.exitCode });
  return outcome;
}

async function applyPlan(
  input: DeployInput,
  plan: Plan,
  view: View,
  lease: Lease,
  before: readonly GateResult[],
  started: number,
): Promise<DeployOutcome> {
  const users = createProbeUsers(input.ports.app, input.ports.database);
  const revision = input.readRevision();
  const context = { ...gateContext(input, view), ports: { ...input.ports, users } };
  let swept = false;
  const sweep = async (): Promise<void> => {
    swept = true;
    const left = await users.removeAll();
    if (left.length === 0) return;
    input.emit({ type: "note", text: `synthetic users could not be removed: ${left.join(", ")}` });
  };
  try {
    if (!letsPass(before)) {
      const steps = plan.steps.map(skipped);
      if (input.signal.aborted) return await stopped(input, plan, before, steps);
      const state = "nothing was changed";
      return { plan, steps, gates: before, release: null, exitCode: judgeGates(before), state };
    }
    const ctx = stepsInput(input, plan, view, lease);
    const barrier = createStepBarrier();
    const asking = askAfter(input, plan, context, barrier);
    const steps = await runSteps({ ...ctx, onEnded: barrier.settle });
    barrier.close();
    if (steps.some(({ status }) => status === "failed" || status === "skipped")) {
      await asking;
      return await stopped(input, plan, before, steps);
    }
    const unproven = "live, but not proven: no release was recorded; the same command measures again";
    const [live, after] = await Promise.all([input.readView(), asking]);
    const gates = [...before, ...after];
    // Gates that were interrupted cannot tell a bad function from one they did not wait for.
    if (input.signal.aborted && !letsPass(after)) {
      const { exitCode, error } = readInterruption(input.signal);
      return { plan, steps, gates, release: null, exitCode, state: unproven, ...error };
    }
    if (after.some(({ verdict }) => verdict.kind === "fail")) {
      if (input.onRefusal === "undo") return await undo(input, plan, gates, steps, ctx.context);
      const state = "brought back, but its gates say no; no release was recorded";
      return { plan, steps, gates, release: null, exitCode: exitCodes.rollbackFailed, state };
    }
    if (!letsPass(after)) {
      return { plan, steps, gates, release: null, exitCode: judgeGates(gates), state: unproven };
    }
    // Before the release: a run that dies behind it leaves nothing for the next one to do.
    await sweep();
    const record = assembleRelease(input, await revision, plan, live, gates, input.clock.now() - started);
    const release = await input.ports.ledger.record(record, lease);
    return { plan, steps, gates, release, exitCode: exitCodes.ok, state: `release ${release.id} is live` };
  } finally {
    if (!swept) await sweep();
  }
}

async function stopped(
  input: DeployInput,
  plan: Plan,
  gates: readonly GateResult[],
  steps: readonly StepResult[],
): Promise<DeployOutcome> {
  const failure = steps.find(({ status }) => status === "failed")?.error;
  const interruption = readInterruption(input.signal);
  const { error } = failure == null ? { error: undefined, ...interruption.error } : { error: failure };
  const exit =
    failure == null ? interruption.exitCode : failure instanceof BeeError ? failure.exit : exitCodes.bug;
  const now = await input.readView().then(
    (view) => assemble(input, view),
    () => null,
  );
  const touched = now == null || now.digest !== plan.digest;
  const kept: readonly ExitCode[] = [exitCodes.interrupted, exitCodes.unauthorised, exitCodes.locked];
  const exitCode = touched && !kept.includes(exit) ? exitCodes.partial : exit;
  const state = touched
    ? `partly applied: ${describeProgress(steps)}; the same command resumes here`
    : "nothing was changed";
  return { plan, steps, gates, release: null, exitCode, state, error };
}

/** Ctrl-C has no reason of its own; a lost lease is one. */
function readInterruption({ reason }: AbortSignal): {
  readonly exitCode: ExitCode;
  readonly error: { readonly error?: BeeError };
} {
  if (reason instanceof BeeError) return { exitCode: reason.exit, error: { error: reason } };
  return { exitCode: exitCodes.interrupted, error: {} };
}

function skipped({ id, title, change }: Plan["steps"][number]): StepResult {
  return { id, title, change, status: "skipped", durationMs: 0 };
}

async function undo(
  input: DeployInput,
  plan: Plan,
  gates: readonly GateResult[],
  done: readonly StepResult[],
  context: Omit<StepContext, "note">,
): Promise<DeployOutcome> {
  const { results, told, error } = await undoSteps(done, input.steps, context, input);
  const exitCode = error == null ? exitCodes.rolledBack : exitCodes.rollbackFailed;
  const state =
    error == null
      ? `the gates said no; ${told.length > 0 ? told.join("; ") : "there was nothing to take back"}. Migrations stay applied.`
      : "the gates said no and the functions could not be brought back";
  return { plan, steps: results, gates, release: null, exitCode, state, ...(error == null ? {} : { error }) };
}

function gateContext(input: DeployInput, view: View): GateContext {
  return {
    ports: { ...input.ports, users: createProbeUsers(input.ports.app, input.ports.database) },
    view,
    facts: input.facts,
    activated: async () => undefined,
    signal: input.signal,
  };
}

function stepsInput(
  input: DeployInput,
  plan: Plan,
  view: View,
  lease: Lease,
): Parameters<typeof runSteps>[0] {
  const { run, steps, journal, emit, clock } = input;
  const context = {
    ports: input.ports,
    view,
    secretValues: input.secretValues,
    fence: lease,
    run: { staged: new Map() },
    prior: view.actual.release,
    now: () => clock.now(),
    signal: input.signal,
  };
  return { run, plan, steps, journal, emit, clock, context };
}

function describeProgress(steps: readonly StepResult[]): string {
  const of = (status: string): string[] => steps.filter((step) => step.status === status).map(({ id }) => id);
  const parts = [
    ["done", of("done")],
    ["failed", of("failed")],
    ["not started", of("skipped")],
  ] as const;
  return parts.flatMap(([label, ids]) => (ids.length === 0 ? [] : [`${label} ${ids.join(", ")}`])).join("; ");
}

function movedSincePlan(): BeeError {
  return new BeeError({
    code: "BEE-E540",
    message: "The target changed between the plan that was confirmed and the lock.",
    detail: "nothing was changed",
    hint: "Look at the plan again, then repeat the command.",
    exit: exitCodes.stale,
  });
}
