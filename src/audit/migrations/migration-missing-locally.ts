import { judgedRule } from "./judged-rule.ts";

export const migrationMissingLocally = judgedRule({
  id: "migration-missing-locally",
  severity: "error",
  title: "The target has a migration that has no file here",
  explanation:
    "Somebody applied it from another branch or by hand. What this repository builds is not what the target is.",
  fix: "Check out the revision that has it, or write its statements from the history table into a file of that version.",
  example: {
    bad: "-- applied: 20250110120000; files here end at 20250106090000",
    good: "supabase/migrations/20250110120000_hotfix.sql",
  },
});
