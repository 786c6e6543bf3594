import { judgedRule } from "./judged-rule.ts";

export const migrationIllNamed = judgedRule({
  id: "migration-ill-named",
  severity: "error",
  title: "A file among the migrations would be skipped without a word",
  explanation:
    "The supabase CLI applies files named <digits>_<name>.sql directly in the folder and only prints a line for any other; its exit code stays 0.",
  fix: "Rename it to <timestamp>_<name>.sql, or move it out of the folder.",
  example: {
    bad: "supabase/migrations/add-notes.sql",
    good: "supabase/migrations/20250106090000_add_notes.sql",
  },
});
