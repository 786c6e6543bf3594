import type { Rule } from "../rule.ts";
import { judgedAs } from "./hit.ts";
import type { MigrationWorld } from "./world.ts";

export const illNamed: Rule<MigrationWorld> = {
  id: "migration-ill-named",
  area: "migrations",
  severity: "error",
  title: "A file among the migrations would be skipped without a word",
  explanation:
    "The supabase CLI applies files named <digits>_<name>.sql and only prints a line for any other .sql file; its exit code stays 0.",
  fix: "Rename it to <timestamp>_<name>.sql, or move it out of the folder.",
  example: {
    bad: "supabase/migrations/add-notes.sql",
    good: "supabase/migrations/20250106090000_add_notes.sql",
  },
  check: ({ judged }) => judgedAs("migration-ill-named", judged),
};
