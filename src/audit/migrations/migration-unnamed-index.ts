import { judgedRule } from "./judged-rule.ts";

export const migrationUnnamedIndex = judgedRule({
  id: "migration-unnamed-index",
  severity: "error",
  title: "CREATE INDEX CONCURRENTLY without a name",
  explanation:
    "An interrupted concurrent build leaves an INVALID index behind. Without a name of its own it cannot be found and cleaned up, and the next try makes a second one.",
  fix: "Name the index.",
  example: {
    bad: "create index concurrently on notes (tag);",
    good: "create index concurrently notes_tag on notes (tag);",
  },
});
