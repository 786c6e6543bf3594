import type { Rule } from "../rule.ts";
import { fieldsOf, listOf, text } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { rangeName } from "./schema/names.ts";
import { relationKey } from "./schema/schema.ts";
import { eachTree, eachTreeDeep, type MigrationWorld } from "./world.ts";

export const viewBypassesRls: Rule<MigrationWorld> = {
  id: "view-bypasses-rls",
  area: "migrations",
  severity: "warning",
  title: "A view in an exposed schema reads with its owner's rights",
  explanation:
    "Without security_invoker a view ignores the policies of the tables it reads, for everybody who may select from it.",
  fix: "create view … with (security_invoker = true).",
  example: {
    bad: "create view public.all_notes as select * from notes;",
    good: "create view public.all_notes with (security_invoker = true) as select * from notes;",
  },
  *check(world) {
    const { schema } = world.story;
    const later = new Set<string>();
    for (const { tree } of eachTreeDeep(world)) {
      if (tree.kind !== "AlterTableStmt" || text(tree.fields, "objtype") !== "OBJECT_VIEW") continue;
      if (JSON.stringify(tree.fields["cmds"]).includes("security_invoker"))
        later.add(relationKey(schema, rangeName(fieldsOf(tree.fields, "relation"))));
    }
    for (const placed of eachTree(world, "ViewStmt")) {
      const { fields } = placed.tree;
      const key = relationKey(schema, rangeName(fieldsOf(fields, "view")));
      const invoker = listOf(fields, "options").some(
        (one) => text(one.fields, "defname") === "security_invoker",
      );
      if (!key.startsWith("public.") || invoker || later.has(key) || !schema.relations.has(key)) continue;
      yield hitAt(placed, { subject: key, detail: `${key} shows every row its owner can read` });
    }
  },
};
