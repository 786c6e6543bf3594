import { nearest } from "../../core/nearest.ts";
import type { Rule } from "../rule.ts";
import { knowsSchema, localNames } from "./code-names.ts";
import type { MigrationWorld } from "./world.ts";

export const codeUnknownTable: Rule<MigrationWorld> = {
  id: "code-unknown-table",
  area: "migrations",
  severity: "error",
  title: "Code asks the API for a table that no migration makes",
  explanation: "The request answers 404 on a database that is built from the migrations.",
  fix: "Mend the name, or make the table or view in a migration.",
  example: {
    bad: "await supabase.from('note').select('*')   // the table is called notes",
    good: "await supabase.from('notes').select('*')",
  },
  *check({ code, story }) {
    for (const use of code) {
      if (use.kind !== "table" || !knowsSchema(story, use.schema)) continue;
      const key = `${use.schema}.${use.table}`;
      if (story.schema.relations.has(key) || story.schema.uncertain.has(use.table)) continue;
      const guess = nearest(use.table, localNames(story, use.schema));
      yield {
        file: use.file,
        offset: use.offset,
        subject: key,
        detail: `no migration makes ${key}`,
        ...(guess == null ? {} : { fix: `Did you mean ${guess}?` }),
      };
    }
  },
};
