import type { Rule } from "../rule.ts";
import { listOf, strings, text } from "../sql-node.ts";
import { hazard } from "./alter-commands.ts";
import { partsName, show } from "./schema/names.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const dropTable: Rule<MigrationWorld> = {
  id: "drop-table",
  area: "migrations",
  severity: "warning",
  title: "A table that an earlier migration made is dropped",
  explanation: "Its rows are gone at once, and so is the way back.",
  fix: "Rename or empty it by a plan of its own; drop it a release after the last code that used it.",
  example: {
    bad: "drop table notes;",
    good: "alter table notes rename to notes_unused;   -- dropped a release later",
  },
  *check(world) {
    for (const placed of eachTree(world, "DropStmt")) {
      if (text(placed.tree.fields, "removeType") !== "OBJECT_TABLE") continue;
      for (const { fields } of listOf(placed.tree.fields, "objects")) {
        const table = partsName(strings(fields, "items"));
        yield* hazard(world, placed, table, { detail: `every row of ${show(table)} is lost` });
      }
    }
  },
};
