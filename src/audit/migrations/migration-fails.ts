import { proofRule } from "./proof-rule.ts";

export const migrationFails = proofRule({
  id: "migration-fails",
  severity: "error",
  title: "A migration fails on an empty project",
  explanation:
    "The whole set was applied in order to a scratch database of its own, as a deploy does, and the server refused this statement. The later files wait behind it; --keep-going tries them all the same.",
  fix: "Mend the statement; the server's words say what it misses.",
  example: {
    bad: "create table notes (id uuid primary key, id text);",
    good: "create table notes (id uuid primary key, title text);",
  },
});
