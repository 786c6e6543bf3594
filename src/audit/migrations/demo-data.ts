import type { SqlTree } from "../../plan/sql-tree.ts";
import type { Rule } from "../rule.ts";
import { fieldsOf, listOf, walk } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { rangeName, show } from "./schema/names.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

const bulk = 100;
const longStatement = 256 * 1024;
const sampleText =
  /[\w.+-]+@(?:example|test)\.(?:com|org|net)|\b(?:lorem ipsum|john doe|jane doe|foo ?bar|test user|demo user|dummy)\b/i;

const madeUp = /\brandom\s*\(|'[^']*\b(?:demo|sample|dummy|fake|test)\b[^']*'/i;

export const demoData: Rule<MigrationWorld> = {
  id: "demo-data",
  area: "migrations",
  severity: "warning",
  title: "A migration inserts demo or bulk data",
  explanation:
    "Migrations run on every target, production too: sample people and test rows end up in front of users, and accounts in auth.users can be signed in to.",
  fix: "Move it to supabase/seed.sql, which only local databases load.",
  example: {
    bad: "insert into notes (title, email) values ('Test note', 'jane@example.com');",
    good: "-- supabase/seed.sql\ninsert into notes (title, email) values ('Test note', 'jane@example.com');",
  },
  *check(world) {
    for (const placed of eachTree(world, "InsertStmt")) {
      const { fields } = placed.tree;
      const table = rangeName(fieldsOf(fields, "relation"));
      if (world.target?.applied.has(placed.migration.file.version)) continue;
      if (show(table) === "auth.users") {
        yield hitAt(placed, {
          subject: "auth.users",
          detail: "an account is made in auth.users",
          severity: "error",
        });
        continue;
      }
      const rows = listOf(fieldsOf(fieldsOf(fields, "selectStmt"), "SelectStmt"), "valuesLists").length;
      const sample = sampleText.exec(placed.tree.sql)?.[0];
      if (sample == null && rows <= bulk && !isMadeUp(placed.tree)) continue;
      yield hitAt(placed, {
        subject: show(table),
        detail:
          sample == null
            ? `${rows > bulk ? `${rows} rows` : "made-up rows"} for ${show(table)}`
            : `rows for ${show(table)} look like samples ("${sample}")`,
      });
    }
    for (const { file } of world.migrations) {
      for (const { sql, offset } of file.statements) {
        if (sql.length < longStatement || !/^\s*insert\b/i.test(sql)) continue;
        yield {
          file: file.path,
          offset,
          subject: file.path,
          detail: `an INSERT of ${Math.round(sql.length / 1024)} KB`,
          anchor: sql.slice(0, 200),
        };
      }
    }
  },
};

/** Rows out of a counter, with random values or names that say it. */
function isMadeUp({ fields, sql }: SqlTree): boolean {
  let isCounted = false;
  walk(fields["selectStmt"], (kind, inner) => {
    if (kind === "RangeFunction")
      isCounted ||= JSON.stringify(inner["functions"]).includes('"generate_series"');
    return undefined;
  });
  return isCounted && madeUp.test(sql);
}
