import type { Secret } from "../core/secret.ts";
import type { Phase } from "../plan/phase.ts";
import type { Plan } from "../plan/plan.ts";
import type { Revision } from "../plan/revision.ts";
import type { Emit } from "../plan/run-event.ts";
import type { View } from "../plan/view.ts";
import type { DeployLock } from "../ports/deploy-lock.ts";
import type { Gate, GatePorts, ProjectFacts } from "../ports/gate.ts";
import type { Journal } from "../ports/journal.ts";
import type { Step, StepPorts } from "../ports/step.ts";
import type { Clock } from "./clock.ts";
import type { VerdictPolicy } from "./run-gates.ts";

/** Everything a deploy works with; the composition root fills it in. */
export interface DeployInput {
  /** Random id of this run, the same in every journal entry. */
  readonly run: string;
  readonly phase: Phase;
  readonly targetName: string;
  readonly steps: readonly Step[];
  readonly gates: readonly Gate[];
  /** What attestations and waivers make of the gates' verdicts. */
  readonly policy?: VerdictPolicy;
  readonly ports: StepPorts & Omit<GatePorts, "users">;
  readonly lock: DeployLock;
  readonly lockTtlMs: number;
  readonly journal: Journal;
  readonly readView: () => Promise<View>;
  readonly facts: ProjectFacts;
  readonly secretValues: ReadonlyMap<string, Secret>;
  /** `user@host pid N`. */
  readonly actor: string;
  /** The commit the files come from; asked only when there is something to record. */
  readonly readRevision: () => Promise<Revision>;
  readonly tools: Readonly<Record<string, string>>;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Asks the person, or throws; returns at once for the local target. */
  readonly confirm: (plan: Plan) => Promise<void>;
  /** When a gate after says no: take back what this run did (a deploy), or leave it and say so (a rollback). */
  readonly onRefusal: "undo" | "keep";
  /** The release that this run brings back. */
  readonly restores?: string;
  /** Said by the lock; `bee deploy <phase>` when absent. */
  readonly message?: string;
  /** Refuse (exit 6) when the target moved after `confirm`; else take the newer plan. */
  readonly strict: boolean;
}
