import type { Rule, RuleText } from "../rule.ts";
import { hitAt } from "./hit.ts";
import type { SchemaRule } from "./schema/problem.ts";
import type { MigrationWorld } from "./world.ts";

/** A rule that passes on what running the set through the symbol table found. */
export function schemaRule(text: Omit<RuleText, "area"> & { readonly id: SchemaRule }): Rule<MigrationWorld> {
  return {
    ...text,
    area: "migrations",
    *check({ story }) {
      for (const { rule, placed, offset, subject, detail, fix } of story.problems) {
        if (rule !== text.id) continue;
        yield { ...hitAt(placed, { subject, detail, ...(fix == null ? {} : { fix }) }), offset };
      }
    },
  };
}
