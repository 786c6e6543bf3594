import type { Rule } from "../rule.ts";
import { fieldsOf, text } from "../sql-node.ts";
import { eachAlterCommand, hasConstraint, hazard } from "./alter-commands.ts";
import { listName, show } from "./schema/names.ts";
import type { MigrationWorld } from "./world.ts";

export const addRequiredColumn: Rule<MigrationWorld> = {
  id: "add-required-column",
  area: "migrations",
  severity: "warning",
  title: "A NOT NULL column without a default is added to a table with rows",
  explanation:
    "The server refuses it as soon as one row is there, so it works on an empty database and fails on the real one. Older apps that do not send the column fail afterwards.",
  fix: "Give it a default, or add it nullable, fill it, and set NOT NULL by a validated check.",
  example: {
    bad: "alter table notes add column owner uuid not null;",
    good: "alter table notes add column owner uuid;\nupdate notes set owner = author;\nalter table notes add constraint notes_owner_set check (owner is not null) not valid;",
  },
  *check(world) {
    for (const { placed, table, subtype, column } of eachAlterCommand(world)) {
      if (subtype !== "AT_AddColumn" || !hasConstraint(column, "CONSTR_NOTNULL", "CONSTR_PRIMARY")) continue;
      if (hasConstraint(column, "CONSTR_DEFAULT", "CONSTR_GENERATED", "CONSTR_IDENTITY")) continue;
      if (/serial/.test(listName(fieldsOf(column, "typeName"), "names").name)) continue;
      const name = text(column, "colname");
      yield* hazard(world, placed, table, {
        subject: `${show(table)}.${name}`,
        detail: `${name} is NOT NULL and has no default: refused once ${show(table)} has rows`,
        severity: "error",
      });
    }
  },
};
