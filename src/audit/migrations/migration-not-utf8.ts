import { judgedRule } from "./judged-rule.ts";

export const migrationNotUtf8 = judgedRule({
  id: "migration-not-utf8",
  severity: "error",
  title: "A migration is not UTF-8 text",
  explanation:
    "The server takes the file as UTF-8; anything else is refused or changes its letters on the way in.",
  fix: "Save the file as UTF-8 without NUL bytes.",
  example: { bad: "-- saved as UTF-16 by an editor", good: "-- saved as UTF-8" },
});
