import { judgeMigrations } from "../plan/judge-migrations.ts";
import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";

/** The target's history is the files here, whole and unchanged: nothing waits to be applied. */
export const migrationsApplied = defineGate({
  id: "migrations-applied",
  title: "Every migration is applied",
  readOnly: true,
  needs: [],
  check: async ({ view, facts }) => {
    const { pending, findings } = judgeMigrations(view.desired.migrations, view.actual.history);
    const waiting = pending.map(({ version, path }) =>
      finding("migrations-applied", version, `${path} is not applied`, "Deploy it: bee deploy phase1"),
    );
    const all = [...facts.migrationFindings, ...findings, ...waiting];
    if (all.length > 0) return { kind: "fail", findings: all };
    return { kind: "pass", evidence: { applied: view.desired.migrations.map(({ version }) => version) } };
  },
});
