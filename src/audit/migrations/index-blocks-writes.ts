import type { Rule } from "../rule.ts";
import { fieldsOf, isTrue, text } from "../sql-node.ts";
import { hazard } from "./alter-commands.ts";
import { rangeName, show } from "./schema/names.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const indexBlocksWrites: Rule<MigrationWorld> = {
  id: "index-blocks-writes",
  area: "migrations",
  severity: "warning",
  title: "An index is built on a table with rows, and writes wait for it",
  explanation:
    "CREATE INDEX holds a lock that lets nobody insert, update or delete until it has read the whole table.",
  fix: "create index concurrently, in a migration of its own.",
  example: {
    bad: "create index notes_author on notes (author);   -- notes is in use",
    good: "-- a file of its own\ncreate index concurrently notes_author on notes (author);",
  },
  *check(world) {
    for (const placed of eachTree(world, "IndexStmt")) {
      const { fields } = placed.tree;
      if (isTrue(fields, "concurrent")) continue;
      const table = rangeName(fieldsOf(fields, "relation"));
      yield* hazard(world, placed, table, {
        subject: text(fields, "idxname") || show(table),
        detail: `writes to ${show(table)} wait until the index is built`,
      });
    }
  },
};
