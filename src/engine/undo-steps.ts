import type { StepResult } from "../plan/run-event.ts";
import type { Step, StepContext } from "../ports/step.ts";
import type { DeployInput } from "./deploy-input.ts";

export interface UndoOutcome {
  readonly results: readonly StepResult[];
  /** What each undo said it did. */
  readonly told: readonly string[];
  readonly error?: unknown;
}

/** Takes back, last first, what this run did and knows how to take back. Stops at the first that fails. */
export async function undoSteps(
  done: readonly StepResult[],
  steps: readonly Step[],
  context: Omit<StepContext, "note">,
  { journal, clock, emit, run }: Pick<DeployInput, "journal" | "clock" | "emit" | "run">,
): Promise<UndoOutcome> {
  const results = [...done];
  const told: string[] = [];
  for (const result of [...done].reverse()) {
    const undo = steps.find(({ id }) => id === result.id)?.undo;
    if (undo == null || result.status !== "done") continue;
    const started = clock.now();
    const entry = { run, at: new Date(started).toISOString(), step: result.id, inputKey: "undo" };
    try {
      await journal.append({ type: "intent", ...entry });
      told.push(await undo({ ...context, note: (text) => emit({ type: "note", text, step: result.id }) }));
      await journal.append({ type: "result", ...entry, outcome: "undone" });
    } catch (error) {
      await journal.append({ type: "result", ...entry, outcome: "failed" });
      return { results, told, error };
    }
    const undone = { ...result, status: "undone" as const };
    results[results.indexOf(result)] = undone;
    emit({
      type: "step-ended",
      id: result.id,
      title: result.title,
      status: "undone",
      durationMs: clock.now() - started,
    });
  }
  return { results, told };
}
