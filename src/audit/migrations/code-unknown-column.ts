import { nearest } from "../../core/nearest.ts";
import type { Rule } from "../rule.ts";
import type { MigrationWorld } from "./world.ts";

export const codeUnknownColumn: Rule<MigrationWorld> = {
  id: "code-unknown-column",
  area: "migrations",
  severity: "error",
  title: "Code names a column that its table does not have",
  explanation: "The request answers 400: selects, filters and writes alike.",
  fix: "Mend the name, or add the column in a migration.",
  example: {
    bad: "await supabase.from('notes').select('id, tittle')",
    good: "await supabase.from('notes').select('id, title')",
  },
  *check({ code, story }) {
    for (const use of code) {
      if (use.kind !== "column") continue;
      const columns = story.schema.relations.get(`${use.schema}.${use.table}`)?.columns;
      if (columns == null || columns.has(use.column) || story.schema.uncertain.has(use.column)) continue;
      // A computed column is a function of the row.
      if (story.schema.functions.has(`${use.schema}.${use.column}`)) continue;
      const guess = nearest(use.column, [...columns.keys()]);
      yield {
        file: use.file,
        offset: use.offset,
        subject: `${use.table}.${use.column}`,
        detail: `${use.schema}.${use.table} has no column ${use.column}`,
        ...(guess == null ? {} : { fix: `Did you mean ${guess}?` }),
      };
    }
  },
};
