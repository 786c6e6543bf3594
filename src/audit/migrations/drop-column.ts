import type { Rule } from "../rule.ts";
import { text } from "../sql-node.ts";
import { eachAlterCommand, hazard } from "./alter-commands.ts";
import { show } from "./schema/names.ts";
import type { MigrationWorld } from "./world.ts";

export const dropColumn: Rule<MigrationWorld> = {
  id: "drop-column",
  area: "migrations",
  severity: "warning",
  title: "A column in use is dropped",
  explanation:
    "Its values are gone at once, and running code that names it fails. A rollback of the functions does not bring it back.",
  fix: "First ship code that does not use it, then drop it in a release of its own.",
  example: {
    bad: "alter table notes drop column body;",
    good: "-- one release after the last code that used it\nalter table notes drop column body;   -- accepted in the baseline, with a reason",
  },
  *check(world) {
    for (const { placed, table, subtype, command } of eachAlterCommand(world)) {
      if (subtype !== "AT_DropColumn") continue;
      const name = text(command, "name");
      yield* hazard(world, placed, table, {
        subject: `${show(table)}.${name}`,
        detail: `the values of ${show(table)}.${name} are lost`,
      });
    }
  },
};
