import type { LoadPlan } from "./result.ts";
import { assembleStages, countArrivals } from "./schedule.ts";

/** A plan with the number of calls that its profile comes to. */
export function assemblePlan(asked: Omit<LoadPlan, "planned">): LoadPlan {
  return { ...asked, planned: countArrivals(assembleStages(asked.profile, asked.rate, asked.durationMs)) };
}
