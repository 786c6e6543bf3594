import { judgedRule } from "./judged-rule.ts";

export const migrationMixedTransactions = judgedRule({
  id: "migration-mixed-transactions",
  severity: "error",
  title: "A statement that refuses a transaction stands beside others",
  explanation:
    "CREATE INDEX CONCURRENTLY, VACUUM, ALTER SYSTEM and their like cannot run in a transaction, the rest of a migration must. Together in one file, a failure leaves the file half applied.",
  fix: "Give the statement a migration of its own.",
  example: {
    bad: "alter table notes add column tag text;\ncreate index concurrently notes_tag on notes (tag);",
    good: "-- 20250106090100_notes_tag.sql, alone\ncreate index concurrently notes_tag on notes (tag);",
  },
});
