import { proofRule } from "./proof-rule.ts";

export const migrationUnproven = proofRule({
  id: "migration-unproven",
  severity: "info",
  title: "A migration could not be proven on the scratch database",
  explanation:
    "The scratch database has no extension that only hosted projects have, or could not be started. What depends on it was not tried; this says nothing against the file.",
  fix: "Prove it on a staging project: bee deploy --target staging.",
  example: { bad: "create extension pg_cron;   -- not in the scratch database", good: "-- nothing to do" },
});
