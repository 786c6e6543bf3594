import type { Rule } from "../rule.ts";
import { fieldsOf, text } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { rangeName, show } from "./schema/names.ts";
import { judgeStanding } from "./standing.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const renameBreaksCode: Rule<MigrationWorld> = {
  id: "rename-breaks-code",
  area: "migrations",
  severity: "warning",
  title: "A table or column in use is renamed",
  explanation:
    "The app and functions that are running ask for the old name until they are replaced, and an app on a phone never is.",
  fix: "Add the new column or a view beside the old name, move the code over, drop the old one later.",
  example: {
    bad: "alter table notes rename column body to content;",
    good: "alter table notes add column content text;",
  },
  *check(world) {
    for (const placed of eachTree(world, "RenameStmt")) {
      const { fields } = placed.tree;
      const kind = text(fields, "renameType").replace("OBJECT_", "");
      if (!["COLUMN", "TABLE", "VIEW"].includes(kind)) continue;
      const table = rangeName(fieldsOf(fields, "relation"));
      const fresh = text(fields, "newname");
      const old = kind === "COLUMN" ? `${show(table)}.${text(fields, "subname")}` : show(table);
      // The story knows it by its last name.
      const born = kind === "COLUMN" ? table : { schema: table.schema, name: fresh };
      if (
        judgeStanding(world, placed.migration, table) == null &&
        judgeStanding(world, placed.migration, born) == null
      )
        continue;
      yield hitAt(placed, {
        subject: old,
        detail: `${old} becomes ${fresh}; running code still asks for ${old}`,
      });
    }
  },
};
