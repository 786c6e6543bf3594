import type { Secret } from "../../core/secret.ts";
import type { LoadJudgement } from "../../plan/load/judge-load.ts";
import type { LoadPlan, LoadResult } from "../../plan/load/result.ts";
import type { Scenario } from "../../plan/load/scenario.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";

export interface Offer {
  readonly ctx: CommandContext;
  readonly target: Target;
  readonly plan: LoadPlan;
  readonly scenario: Scenario;
  readonly publishableKey: string;
  /** One per synthetic user. */
  readonly tokens: readonly Secret[];
  /** Makes the keys of this run unique. */
  readonly run: string;
  readonly inFlightLimit: number;
  readonly signal: AbortSignal;
}

export interface Offered {
  readonly result: LoadResult;
  /** When the result is judged elsewhere. */
  readonly judgement?: LoadJudgement;
}

/** What makes the calls. */
export interface LoadEngine {
  /** What it takes besides the calls, as a part of the question beforehand; empty when it takes nothing. */
  estimate(plan: LoadPlan): string;
  /** Finds what would keep it from running, before anybody is asked and anything is sent. Answers the load it will offer. */
  check?(plan: LoadPlan): Promise<LoadPlan>;
  offer(offer: Offer): Promise<Offered>;
}
