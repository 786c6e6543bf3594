import { judgedRule } from "./judged-rule.ts";

export const migrationOutOfOrder = judgedRule({
  id: "migration-out-of-order",
  severity: "error",
  title: "A migration is older than the newest one applied",
  explanation:
    "It would run after migrations it precedes by name, so that other databases get another order. The supabase CLI refuses it without --include-all.",
  fix: "Rename it to a version after the newest one applied.",
  example: {
    bad: "20250101000000_tags.sql   -- the target is at 20250106090000",
    good: "20250106090100_tags.sql",
  },
});
