import type { Rule } from "../rule.ts";
import { judgedAs } from "./hit.ts";
import type { MigrationWorld } from "./world.ts";

export const duplicateVersion: Rule<MigrationWorld> = {
  id: "migration-duplicate",
  area: "migrations",
  severity: "error",
  title: "Two migrations have the same version",
  explanation:
    "The history table keeps one row per version: after the first of the two is applied, the second counts as done or fails on the key.",
  fix: "Give the later one a version of its own.",
  example: {
    bad: "20250106090000_notes.sql\n20250106090000_tags.sql",
    good: "20250106090000_notes.sql\n20250106090100_tags.sql",
  },
  check: ({ judged }) => judgedAs("migration-duplicate", judged),
};
