import type { Project } from "../../config/find-project.ts";
import type { ExitCode } from "../../core/exit-code.ts";
import type { Finding } from "../../core/verdict.ts";
import type { ReportedError, ReportedGate, ReportedStep } from "../../output/report.ts";
import type { Release } from "../../plan/release.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";

export type LayerName = "app" | "infra" | "functions" | "database";

type Facts = readonly (readonly [string, string])[];
type Data = Readonly<Record<string, unknown>>;

export interface LayerRequest {
  readonly project: Project;
  readonly target: Target;
  readonly ctx: CommandContext;
  /** Newest first. */
  readonly releases: readonly Release[];
  /** The release asked for; null leaves the choice to the layer: the last good one in which it differs. */
  readonly to: Release | null;
  /** Where a rollback that died was on its way to; its `to` is null when everything was to be switched off. */
  readonly underway: { readonly to: Release | null } | null;
}

/** Assembled and, where that can be, proven; nothing is touched yet. */
export interface WayBack {
  readonly layer: LayerName;
  /** What one agrees to, such as `take back 20261123101500`. */
  readonly change: string;
  readonly facts: Facts;
  /** For --json. */
  readonly data: Data;
  /** What cannot be brought back, a line each; said before anybody is asked. */
  readonly lost: readonly string[];
  /** Reasons not to go; with any of them nothing is touched. */
  readonly refusals: readonly Pick<Finding, "detail" | "fix">[];
  /** The layer that must go back before this one, where the order matters. */
  readonly after?: LayerName;
  /** The plan's budget (rollback plan: functions under 5 minutes, database under 15). */
  readonly budgetMs: number;
  /** Consent was given. Takes the lock, changes, reads back. */
  apply(): Promise<LayerOutcome>;
}

export interface LayerOutcome {
  readonly exitCode: ExitCode;
  /** One line on the state the layer is in now. */
  readonly state: string;
  readonly facts: Facts;
  readonly data: Data;
  readonly steps?: readonly ReportedStep[];
  readonly gates?: readonly ReportedGate[];
  readonly error?: ReportedError;
}

/** One thing that a deploy changes and that can go back by itself. */
export interface Layer {
  readonly name: LayerName;
  /** Null when there is nothing to take back. Throws a BeeError when it cannot be told or is impossible. */
  prepare(request: LayerRequest): Promise<WayBack | null>;
}
