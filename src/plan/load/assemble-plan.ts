import type { LoadPlan } from "./result.ts";
import { assembleStages, countArrivals } from "./schedule.ts";

/** How many calls may wait at once: those of five seconds, within bounds. */
export function inFlightLimitOf({ rate }: Pick<LoadPlan, "rate">): number {
  return Math.min(2000, Math.max(100, Math.ceil(rate * 5)));
}

/** A plan with the number of calls that its profile comes to. */
export function assemblePlan(asked: Omit<LoadPlan, "planned">): LoadPlan {
  return { ...asked, planned: countArrivals(assembleStages(asked.profile, asked.rate, asked.durationMs)) };
}
