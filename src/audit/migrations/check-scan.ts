import type { Rule } from "../rule.ts";
import { text } from "../sql-node.ts";
import { eachAlterCommand, hazard, isNotValid } from "./alter-commands.ts";
import { show } from "./schema/names.ts";
import type { MigrationWorld } from "./world.ts";

export const checkScan: Rule<MigrationWorld> = {
  id: "check-scan",
  area: "migrations",
  severity: "warning",
  title: "A check is added and tested at once on a table with rows",
  explanation:
    "Nobody can read or write the table until every row has been tested; one old row that fails stops the deploy.",
  fix: "Add it NOT VALID, and VALIDATE CONSTRAINT in a later migration.",
  example: {
    bad: "alter table notes add constraint short_title check (length(title) < 200);",
    good: "alter table notes add constraint short_title check (length(title) < 200) not valid;",
  },
  *check(world) {
    for (const { placed, table, subtype, constraint } of eachAlterCommand(world)) {
      if (
        subtype !== "AT_AddConstraint" ||
        text(constraint, "contype") !== "CONSTR_CHECK" ||
        isNotValid(constraint)
      )
        continue;
      yield* hazard(world, placed, table, {
        detail: `every row of ${show(table)} is tested under an exclusive lock`,
      });
    }
  },
};
