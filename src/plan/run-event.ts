import type { Verdict } from "../core/verdict.ts";
import type { Plan } from "./plan.ts";

export type StepStatus = "done" | "unchanged" | "failed" | "skipped" | "undone";

/** What a run tells while it goes; outputs render these, the engine formats nothing. */
export type RunEvent =
  | { readonly type: "target"; readonly name: string; readonly ref: string; readonly url: string }
  | { readonly type: "plan"; readonly plan: Plan }
  | { readonly type: "note"; readonly text: string; readonly step?: string }
  | { readonly type: "step-started"; readonly id: string; readonly title: string }
  | {
      readonly type: "step-ended";
      readonly id: string;
      readonly title: string;
      readonly status: StepStatus;
      readonly durationMs: number;
      readonly detail?: string;
    }
  | { readonly type: "gate-started"; readonly id: string; readonly title: string }
  | {
      readonly type: "gate-ended";
      readonly id: string;
      readonly title: string;
      readonly verdict: Verdict;
      readonly durationMs: number;
    };

export type Emit = (event: RunEvent) => void;

export interface StepResult {
  readonly id: string;
  readonly title: string;
  readonly status: StepStatus;
  readonly durationMs: number;
  readonly change: unknown;
  readonly error?: unknown;
}

export interface GateResult {
  readonly id: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly durationMs: number;
}
