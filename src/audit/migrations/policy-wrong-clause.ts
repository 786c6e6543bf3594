import type { Rule } from "../rule.ts";
import { text } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const policyWrongClause: Rule<MigrationWorld> = {
  id: "policy-wrong-clause",
  area: "migrations",
  severity: "error",
  title: "A policy has a clause that its command does not take",
  explanation:
    "INSERT takes WITH CHECK only, SELECT and DELETE take USING only. The server refuses the rest.",
  fix: "Use WITH CHECK for INSERT, USING for SELECT and DELETE, both for UPDATE and ALL.",
  example: {
    bad: "create policy add_own on notes for insert using (author = auth.uid());",
    good: "create policy add_own on notes for insert with check (author = auth.uid());",
  },
  *check(world) {
    for (const placed of eachTree(world, "CreatePolicyStmt")) {
      const { fields } = placed.tree;
      const command = text(fields, "cmd_name").toUpperCase();
      const clause =
        command === "INSERT" && fields["qual"] != null
          ? "USING"
          : (command === "SELECT" || command === "DELETE") && fields["with_check"] != null
            ? "WITH CHECK"
            : null;
      if (clause == null) continue;
      yield hitAt(placed, {
        subject: text(fields, "policy_name"),
        detail: `a policy FOR ${command} takes no ${clause}`,
      });
    }
  },
};
