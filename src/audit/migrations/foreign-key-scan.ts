import type { Rule } from "../rule.ts";
import { text } from "../sql-node.ts";
import { eachAlterCommand, hasConstraint, hazard, isNotValid } from "./alter-commands.ts";
import { show } from "./schema/names.ts";
import type { MigrationWorld } from "./world.ts";

export const foreignKeyScan: Rule<MigrationWorld> = {
  id: "foreign-key-scan",
  area: "migrations",
  severity: "warning",
  title: "A foreign key is added and checked at once on a table with rows",
  explanation: "Both tables take no writes until every row has been looked up.",
  fix: "Add it NOT VALID, and VALIDATE CONSTRAINT in a later migration, which only reads.",
  example: {
    bad: "alter table notes add constraint notes_author_fk foreign key (author) references people (id);",
    good: "alter table notes add constraint notes_author_fk foreign key (author) references people (id) not valid;\n-- in a later migration\nalter table notes validate constraint notes_author_fk;",
  },
  *check(world) {
    for (const { placed, table, subtype, column, constraint } of eachAlterCommand(world)) {
      const added =
        subtype === "AT_AddConstraint" &&
        text(constraint, "contype") === "CONSTR_FOREIGN" &&
        !isNotValid(constraint);
      // A new column without a default is null everywhere: nothing to look up.
      const inColumn =
        subtype === "AT_AddColumn" &&
        hasConstraint(column, "CONSTR_FOREIGN") &&
        hasConstraint(column, "CONSTR_DEFAULT");
      if (!added && !inColumn) continue;
      yield* hazard(world, placed, table, {
        detail: `every row of ${show(table)} is checked while writes wait`,
      });
    }
  },
};
