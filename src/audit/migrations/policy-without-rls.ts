import type { Rule } from "../rule.ts";
import { fieldsOf, listOf, text } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { isPlatformSchema, rangeName } from "./schema/names.ts";
import { relationKey } from "./schema/schema.ts";
import { eachTree, eachTreeDeep, type MigrationWorld } from "./world.ts";

export const policyWithoutRls: Rule<MigrationWorld> = {
  id: "policy-without-rls",
  area: "migrations",
  severity: "error",
  title: "A table has policies, but row level security is never enabled",
  explanation: "Policies do nothing until it is: every row is open to whoever holds the grant.",
  fix: "alter table … enable row level security.",
  example: {
    bad: "create policy own on internal.notes using (author = auth.uid());",
    good: "alter table internal.notes enable row level security;\ncreate policy own on internal.notes using (author = auth.uid());",
  },
  *check(world) {
    const { schema } = world.story;
    if (schema.uncertain.has("row") && schema.uncertain.has("level")) return;
    const enabled = new Set<string>();
    for (const { tree } of eachTreeDeep(world)) {
      if (tree.kind !== "AlterTableStmt") continue;
      const isOn = listOf(tree.fields, "cmds").some(
        (one) => text(one.fields, "subtype") === "AT_EnableRowSecurity",
      );
      if (isOn) enabled.add(relationKey(schema, rangeName(fieldsOf(tree.fields, "relation"))));
    }
    const told = new Set<string>();
    for (const placed of eachTree(world, "CreatePolicyStmt")) {
      const key = relationKey(schema, rangeName(fieldsOf(placed.tree.fields, "table")));
      // In public the table itself is named.
      if (
        key.startsWith("public.") ||
        isPlatformSchema(key.split(".")[0] ?? "") ||
        enabled.has(key) ||
        told.has(key)
      )
        continue;
      told.add(key);
      yield hitAt(placed, { subject: key, detail: `row level security is never enabled on ${key}` });
    }
  },
};
