import type { Rule } from "../rule.ts";
import { text } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const cascade: Rule<MigrationWorld> = {
  id: "cascade",
  area: "migrations",
  severity: "warning",
  title: "CASCADE takes more with it than is named",
  explanation:
    "DROP … CASCADE and TRUNCATE … CASCADE also take every object or row that depends on it, on the target as it is and not as the files say.",
  fix: "Name what is to go, without CASCADE; the refusal says what still depends on it.",
  example: { bad: "drop view note_counts cascade;", good: "drop view note_report;\ndrop view note_counts;" },
  *check(world) {
    for (const placed of eachTree(world)) {
      const { kind, fields } = placed.tree;
      const isDrop = kind === "DropStmt" || kind === "TruncateStmt";
      if (!isDrop || text(fields, "behavior") !== "DROP_CASCADE") continue;
      if (world.target?.applied.has(placed.migration.file.version)) continue;
      // On a target it may find what others made.
      if (world.target == null && world.story.idleDrops.has(placed.tree)) continue;
      const what =
        kind === "DropStmt"
          ? `drop ${text(fields, "removeType").replace("OBJECT_", "").toLowerCase()}`
          : "truncate";
      yield hitAt(placed, { subject: what, detail: `${what} … cascade also takes whatever depends on it` });
    }
  },
};
