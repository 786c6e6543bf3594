import type { Rule, RuleText } from "../rule.ts";
import type { MigrationWorld } from "./world.ts";

/** A rule that passes on what applying the set to a scratch database showed. */
export function proofRule(text: Omit<RuleText, "area">): Rule<MigrationWorld> {
  return {
    ...text,
    area: "migrations",
    *check({ proof }) {
      for (const { rule, file, line, detail } of proof) {
        if (rule !== text.id) continue;
        yield { file, ...(line == null ? {} : { line }), subject: file, detail };
      }
    },
  };
}
