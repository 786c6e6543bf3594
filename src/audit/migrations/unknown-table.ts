import { schemaRule } from "./schema-rule.ts";

export const unknownTable = schemaRule({
  id: "unknown-table",
  severity: "error",
  title: "A table or view is used that no migration makes",
  explanation:
    "Applied from empty, the set fails here; on a database that was changed by hand it only works there. Functions, views and policies are looked at too.",
  fix: "Make it in an earlier migration, or mend the name.",
  example: {
    bad: "create index on public.note (author);   -- the table is called notes",
    good: "create index on public.notes (author);",
  },
});
