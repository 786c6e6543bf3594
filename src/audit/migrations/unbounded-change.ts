import type { Rule } from "../rule.ts";
import { fieldsOf, listOf } from "../sql-node.ts";
import { hazard } from "./alter-commands.ts";
import { rangeName, show } from "./schema/names.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const unboundedChange: Rule<MigrationWorld> = {
  id: "unbounded-change",
  area: "migrations",
  severity: "warning",
  title: "Every row of a table in use is changed, deleted or truncated",
  explanation:
    "UPDATE and DELETE without WHERE lock every row until the migration commits and may take minutes; TRUNCATE leaves nothing.",
  fix: "Bound it by a WHERE, or run it in batches outside of the migration.",
  example: {
    bad: "update notes set seen = false;",
    good: "update notes set seen = false where seen is null;",
  },
  *check(world) {
    for (const placed of eachTree(world)) {
      const { kind, fields } = placed.tree;
      const tables =
        kind === "TruncateStmt"
          ? listOf(fields, "relations").map((one) => rangeName(one.fields))
          : (kind === "UpdateStmt" || kind === "DeleteStmt") &&
              fields["whereClause"] == null &&
              fields["fromClause"] == null
            ? [rangeName(fieldsOf(fields, "relation"))]
            : [];
      for (const table of tables) {
        yield* hazard(world, placed, table, {
          detail: `every row of ${show(table)} is ${kind === "UpdateStmt" ? "changed" : "deleted"}`,
        });
      }
    }
  },
};
