import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { canonicalJson, sha256 } from "../plan/digest.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import type { Emit, StepResult } from "../plan/run-event.ts";
import type { Journal } from "../ports/journal.ts";
import type { Step, StepContext } from "../ports/step.ts";
import type { Clock } from "./clock.ts";

export interface RunStepsInput {
  readonly run: string;
  readonly plan: Plan;
  readonly steps: readonly Step[];
  readonly context: Omit<StepContext, "note">;
  readonly journal: Journal;
  readonly emit: Emit;
  readonly clock: Clock;
  /** Told of every step that ended, before anything that waits for it starts. */
  readonly onEnded?: (result: StepResult) => void;
}

/**
 * Runs the planned steps, each as soon as those it waits for have ended well; steps that do not wait for
 * one another run side by side. After a failure nothing new starts, what runs is let finish.
 */
export async function runSteps(input: RunStepsInput): Promise<readonly StepResult[]> {
  const results = new Map<string, StepResult>();
  const running = new Map<string, Promise<void>>();
  const start = (planned: PlannedStep): void => {
    const work = runStep(planned, input).then((result) => {
      results.set(planned.id, result);
      input.onEnded?.(result);
      running.delete(planned.id);
    });
    running.set(planned.id, work);
  };
  for (;;) {
    const failed = [...results.values()].some(({ status }) => status === "failed");
    if (!failed && !input.context.signal.aborted) {
      for (const planned of input.plan.steps) {
        if (results.has(planned.id) || running.has(planned.id)) continue;
        if (planned.after.every((id) => isEndedWell(results.get(id)))) start(planned);
      }
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  return input.plan.steps.map((planned) => results.get(planned.id) ?? skipped(planned));
}

async function runStep(planned: PlannedStep, input: RunStepsInput): Promise<StepResult> {
  const { id, title, change } = planned;
  const { emit, clock, journal, run } = input;
  const started = clock.now();
  const end = (status: StepResult["status"], error?: unknown): StepResult => {
    const durationMs = clock.now() - started;
    const detail = error instanceof Error ? error.message : undefined;
    emit({ type: "step-ended", id, title, status, durationMs, ...(detail == null ? {} : { detail }) });
    return { id, title, status, durationMs, change, ...(error == null ? {} : { error }) };
  };
  if (change == null) return end("unchanged");
  emit({ type: "step-started", id, title });
  const step = input.steps.find((candidate) => candidate.id === id);
  const inputKey = sha256(canonicalJson(change));
  const entry = (): { run: string; at: string; step: string; inputKey: string } => ({
    run,
    at: new Date(clock.now()).toISOString(),
    step: id,
    inputKey,
  });
  try {
    if (step == null) throw new Error(`The plan names a step that does not exist: ${id}`);
    await journal.append({ type: "intent", ...entry() });
    const context = { ...input.context, note: (text: string) => emit({ type: "note", text, step: id }) };
    await step.apply(context);
    const shortfalls = await step.verify(context);
    if (shortfalls.length > 0) throw notAsPlanned(title, shortfalls);
    await journal.append({ type: "result", ...entry(), outcome: "done" });
    return end("done");
  } catch (error) {
    await journal.append({ type: "result", ...entry(), outcome: "failed" });
    return end("failed", error);
  }
}

function isEndedWell(result: StepResult | undefined): boolean {
  return result?.status === "done" || result?.status === "unchanged";
}

function skipped({ id, title, change }: PlannedStep): StepResult {
  return { id, title, change, status: "skipped", durationMs: 0 };
}

function notAsPlanned(title: string, shortfalls: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E530",
    message: `${title}: what was read back is not what was planned.`,
    detail: shortfalls.join("\n"),
    hint: "Run the same command again: it resumes where this run stopped.",
    exit: exitCodes.partial,
  });
}
