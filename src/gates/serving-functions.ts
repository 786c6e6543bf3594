import { isKillSwitch } from "../plan/kill-switch.ts";
import type { View } from "../plan/view.ts";

/** Slugs of the wanted functions that are to do work, so without those that are switched off. */
export function servingFunctions({ desired }: View): readonly string[] {
  return desired.functions.filter((artifact) => !isKillSwitch(artifact)).map(({ slug }) => slug);
}
