import type { Rule } from "../rule.ts";
import { text } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { findOwners } from "./owner-columns.ts";
import {
  asksBucketOnly,
  asksSignInOnly,
  conjuncts,
  isAlwaysTrue,
  isRestrictive,
  isServiceOnly,
  isStorage,
  mayPin,
  mentionsCaller,
} from "./policy.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const policyInsertUnchecked: Rule<MigrationWorld> = {
  id: "policy-insert-unchecked",
  area: "migrations",
  severity: "error",
  title: "An INSERT or UPDATE policy does not pin the owner",
  explanation:
    "What WITH CHECK does not look at, the caller may write: a row in another user's name, or their own row given away. UPDATE without WITH CHECK uses USING for the new row too, which is fine. Where no column says whose row it is, anybody may be meant.",
  fix: "Compare the owner's column with (select auth.uid()) in WITH CHECK as well.",
  example: {
    bad: "create policy edit on notes for update using (author = auth.uid()) with check (true);",
    good: "create policy edit on notes for update using (author = auth.uid()) with check (author = auth.uid());",
  },
  *check(world) {
    const owners = findOwners(world);
    for (const placed of eachTree(world, "CreatePolicyStmt")) {
      const { fields } = placed.tree;
      const command = text(fields, "cmd_name").toLowerCase();
      if (!["insert", "update", "all"].includes(command) || isServiceOnly(fields) || isRestrictive(fields))
        continue;
      const check = fields["with_check"];
      if (check == null) continue;
      const using = fields["qual"];
      const isOpen = isAlwaysTrue(check);
      const lostOwner = using != null && mentionsCaller(using) && !mentionsCaller(check);
      const others = conjuncts(check).filter((one) => !asksSignInOnly(one));
      const isBucket = isStorage(fields) && others.length > 0 && others.every(asksBucketOnly);
      const owner = command === "insert" && !others.some(mayPin) ? owners.freeOwner(fields) : null;
      if (!isOpen && !lostOwner && !isBucket && owner == null) continue;
      yield hitAt(placed, {
        subject: text(fields, "policy_name"),
        detail: isOpen
          ? "WITH CHECK lets every new row in"
          : lostOwner
            ? "USING looks at the caller, WITH CHECK does not: a row can be given away"
            : isBucket
              ? "WITH CHECK looks at the bucket only: anybody may write into anybody's folder"
              : `WITH CHECK does not look at ${owner}: a row in another user's name gets in`,
        ...(isBucket ? { severity: "warning" } : {}),
        ...(command === "insert" && isOpen && owners.hasNone(fields) ? { severity: "info" } : {}),
      });
    }
  },
};
