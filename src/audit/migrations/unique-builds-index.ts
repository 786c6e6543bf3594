import type { Rule } from "../rule.ts";
import { text } from "../sql-node.ts";
import { eachAlterCommand, hasConstraint, hazard } from "./alter-commands.ts";
import { show } from "./schema/names.ts";
import type { MigrationWorld } from "./world.ts";

export const uniqueBuildsIndex: Rule<MigrationWorld> = {
  id: "unique-builds-index",
  area: "migrations",
  severity: "warning",
  title: "A unique or primary key is added to a table with rows",
  explanation:
    "It builds its index while nobody can read or write the table, and two equal rows stop the deploy.",
  fix: "create unique index concurrently first, then add constraint … unique using index.",
  example: {
    bad: "alter table notes add constraint notes_slug_key unique (slug);",
    good: "alter table notes add constraint notes_slug_key unique using index notes_slug;",
  },
  *check(world) {
    for (const { placed, table, subtype, column, constraint } of eachAlterCommand(world)) {
      const kinds = ["CONSTR_UNIQUE", "CONSTR_PRIMARY", "CONSTR_EXCLUSION"];
      const added =
        subtype === "AT_AddConstraint" &&
        kinds.includes(text(constraint, "contype")) &&
        text(constraint, "indexname") === "";
      if (!added && !(subtype === "AT_AddColumn" && hasConstraint(column, ...kinds))) continue;
      yield* hazard(world, placed, table, {
        detail: `${show(table)} is locked while the index of the key is built`,
      });
    }
  },
};
