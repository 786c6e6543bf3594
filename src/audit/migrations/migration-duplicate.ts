import { judgedRule } from "./judged-rule.ts";

export const migrationDuplicate = judgedRule({
  id: "migration-duplicate",
  severity: "error",
  title: "Two migrations have the same version",
  explanation:
    "The history table keeps one row per version: after the first of the two is applied, the second counts as done or fails on the key.",
  fix: "Give the later one a version of its own.",
  example: {
    bad: "20250106090000_notes.sql\n20250106090000_tags.sql",
    good: "20250106090000_notes.sql\n20250106090100_tags.sql",
  },
});
