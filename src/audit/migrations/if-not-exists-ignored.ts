import type { Rule } from "../rule.ts";
import { fieldsOf, isTrue } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { rangeName } from "./schema/names.ts";
import { relationKey } from "./schema/schema.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const ifNotExistsIgnored: Rule<MigrationWorld> = {
  id: "if-not-exists-ignored",
  area: "migrations",
  severity: "warning",
  title: "IF NOT EXISTS meets something that an earlier migration made",
  explanation: "The statement does nothing: if the two differ, the second one's columns are never there.",
  fix: "Alter the first one instead.",
  example: {
    bad: "create table notes (id uuid);\ncreate table if not exists notes (id uuid, title text);",
    good: "create table notes (id uuid);\nalter table notes add column if not exists title text;",
  },
  *check(world) {
    for (const placed of eachTree(world, "CreateStmt")) {
      const { fields } = placed.tree;
      if (!isTrue(fields, "if_not_exists")) continue;
      const key = relationKey(world.story.schema, rangeName(fieldsOf(fields, "relation")));
      const born = world.story.madeIn.get(`table ${key}`);
      if (born == null || born === placed.migration.file.path) continue;
      yield hitAt(placed, { subject: key, detail: `${key} was made in ${born}; this does nothing` });
    }
  },
};
