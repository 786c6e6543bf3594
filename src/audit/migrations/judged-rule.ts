import type { Rule, RuleText } from "../rule.ts";
import { judgedAs } from "./hit.ts";
import type { MigrationWorld } from "./world.ts";

/** A rule that passes on what a deploy itself would refuse. */
export function judgedRule(text: Omit<RuleText, "area">): Rule<MigrationWorld> {
  return { ...text, area: "migrations", check: ({ judged }) => judgedAs(text.id, judged) };
}
