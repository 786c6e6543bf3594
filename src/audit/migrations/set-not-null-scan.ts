import type { Rule } from "../rule.ts";
import { text } from "../sql-node.ts";
import { eachAlterCommand, hazard } from "./alter-commands.ts";
import { show } from "./schema/names.ts";
import type { MigrationWorld } from "./world.ts";

export const setNotNullScan: Rule<MigrationWorld> = {
  id: "set-not-null-scan",
  area: "migrations",
  severity: "warning",
  title: "SET NOT NULL reads the whole table under an exclusive lock",
  explanation:
    "Unless a valid check already says so, every row is looked at while nobody can read or write; one null stops the deploy.",
  fix: "Add a check (column is not null) NOT VALID, validate it later, then SET NOT NULL.",
  example: {
    bad: "alter table notes alter column title set not null;",
    good: "alter table notes add constraint title_set check (title is not null) not valid;\n-- later: validate constraint title_set; alter column title set not null; drop constraint title_set",
  },
  *check(world) {
    for (const { placed, table, subtype, command } of eachAlterCommand(world)) {
      if (subtype !== "AT_SetNotNull") continue;
      const name = text(command, "name");
      yield* hazard(world, placed, table, {
        subject: `${show(table)}.${name}`,
        detail: `every row of ${show(table)} is looked at under an exclusive lock`,
      });
    }
  },
};
