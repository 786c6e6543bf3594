import type { Rule } from "../rule.ts";
import { text } from "../sql-node.ts";
import { eachAlterCommand, hazard, isNotValid } from "./alter-commands.ts";
import type { MigrationWorld } from "./world.ts";

export const validateInSameFile: Rule<MigrationWorld> = {
  id: "validate-in-same-file",
  area: "migrations",
  severity: "warning",
  title: "A constraint is added NOT VALID and validated in the same migration",
  explanation:
    "A migration is one transaction: the lock of adding it is held while every row is checked, which NOT VALID was meant to avoid.",
  fix: "Validate it in a later migration.",
  example: {
    bad: "alter table notes add constraint c check (n > 0) not valid;\nalter table notes validate constraint c;",
    good: "-- 20250106090000\nalter table notes add constraint c check (n > 0) not valid;\n-- 20250106090100\nalter table notes validate constraint c;",
  },
  *check(world) {
    const added = new Set<string>();
    for (const { placed, table, subtype, command, constraint } of eachAlterCommand(world)) {
      const { path } = placed.migration.file;
      if (subtype === "AT_AddConstraint" && isNotValid(constraint))
        added.add(`${path}\0${text(constraint, "conname")}`);
      if (subtype !== "AT_ValidateConstraint" || !added.has(`${path}\0${text(command, "name")}`)) continue;
      yield* hazard(world, placed, table, {
        subject: text(command, "name"),
        detail: `${text(command, "name")} is checked while the lock of adding it is held`,
      });
    }
  },
};
