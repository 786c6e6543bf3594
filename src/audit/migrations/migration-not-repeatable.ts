import { proofRule } from "./proof-rule.ts";

export const migrationNotRepeatable = proofRule({
  id: "migration-not-repeatable",
  severity: "warning",
  title: "A migration that claims to be repeatable fails the second time",
  explanation:
    "Everything it makes is made IF NOT EXISTS or OR REPLACE, so somebody relies on running it again; one of its statements does not take that.",
  fix: "Guard the statement as well (drop … if exists before it), or take the claim out of the others.",
  example: {
    bad: "create table if not exists notes (id uuid);\ncreate policy own on notes using (true);",
    good: "create table if not exists notes (id uuid);\ndrop policy if exists own on notes;\ncreate policy own on notes using (true);",
  },
});
