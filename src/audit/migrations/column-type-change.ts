import type { Rule } from "../rule.ts";
import { fieldsOf, text } from "../sql-node.ts";
import { eachAlterCommand, hazard } from "./alter-commands.ts";
import { listName, show } from "./schema/names.ts";
import type { MigrationWorld } from "./world.ts";

export const columnTypeChange: Rule<MigrationWorld> = {
  id: "column-type-change",
  area: "migrations",
  severity: "warning",
  title: "A column gets another type",
  explanation:
    "Most changes rewrite the table and its indexes while nobody can read or write it, and code that reads the old type may fail. Wider varchar and text keep the rows as they are.",
  fix: "Add a column of the new type, fill it in batches, move the code over, then drop the old one.",
  example: {
    bad: "alter table notes alter column size type bigint;",
    good: "alter table notes add column size_big bigint;",
  },
  *check(world) {
    for (const { placed, table, subtype, command, column } of eachAlterCommand(world)) {
      if (subtype !== "AT_AlterColumnType") continue;
      const type = listName(fieldsOf(column, "typeName"), "names").name;
      // Without a length they take what any text column holds.
      if (
        column["raw_default"] == null &&
        (type === "text" || (type === "varchar" && fieldsOf(column, "typeName")["typmods"] == null))
      )
        continue;
      const name = text(command, "name");
      yield* hazard(world, placed, table, {
        subject: `${show(table)}.${name}`,
        detail: `${show(table)}.${name} becomes ${type}: the table may be rewritten under an exclusive lock`,
      });
    }
  },
};
