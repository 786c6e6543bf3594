import type { Rule } from "../rule.ts";
import { text } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import {
  asksBucketOnly,
  asksSignInOnly,
  conjuncts,
  isRestrictive,
  isServiceOnly,
  isStorage,
} from "./policy.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const policyAlwaysTrue: Rule<MigrationWorld> = {
  id: "policy-always-true",
  area: "migrations",
  severity: "error",
  title: "A policy lets callers change or delete every row",
  explanation:
    "USING (true) for UPDATE, DELETE or ALL gives everybody with the role every row, and a condition that only asks whether somebody is signed in gives everybody who is; one that names a bucket only, every object in it. For SELECT it means public data, which may be meant.",
  fix: "Compare the owner's column with (select auth.uid()), or restrict the policy to service_role.",
  example: {
    bad: "create policy all_notes on notes for all to authenticated using (true);",
    good: "create policy own_notes on notes for all to authenticated using (author = (select auth.uid()));",
  },
  *check(world) {
    for (const placed of eachTree(world, "CreatePolicyStmt")) {
      const { fields } = placed.tree;
      const command = text(fields, "cmd_name").toLowerCase();
      if (!["update", "delete", "all"].includes(command) || isServiceOnly(fields) || isRestrictive(fields))
        continue;
      const qual = fields["qual"];
      if (qual == null) continue;
      const others = conjuncts(qual).filter((one) => !asksSignInOnly(one));
      const isBucket = isStorage(fields) && others.length > 0;
      if (!others.every(isBucket ? asksBucketOnly : () => false)) continue;
      yield hitAt(placed, {
        subject: text(fields, "policy_name"),
        detail: `every ${isBucket ? "object of the bucket" : "row"} is open to ${command === "all" ? "reading, changing and deleting" : command}`,
        severity: isBucket ? "warning" : "error",
      });
    }
  },
};
