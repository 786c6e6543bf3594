import { judgedRule } from "./judged-rule.ts";

export const migrationEdited = judgedRule({
  id: "migration-edited",
  severity: "error",
  title: "A migration was changed after it was applied",
  explanation:
    "The target's history keeps the statements as they ran. A file that says something else now builds a different database everywhere else.",
  fix: "Restore the file and put the change into a new migration.",
  example: {
    bad: "-- 20250106090000_notes.sql, applied last week\ncreate table notes (id uuid primary key, title text);",
    good: "-- 20250113100000_notes_title.sql\nalter table notes add column title text;",
  },
});
