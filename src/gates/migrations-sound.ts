import { judgeMigrations } from "../plan/judge-migrations.ts";
import { defineGate } from "../ports/gate.ts";

/** The files and the target's history agree, and every pending file can run in one transaction (plan step 1.1). */
export const migrationsSound = defineGate({
  id: "migrations-sound",
  title: "Migrations agree with the history",
  readOnly: true,
  needs: [],
  check: async ({ view, facts }) => {
    const { pending, findings } = judgeMigrations(view.desired.migrations, view.actual.history);
    const all = [...facts.migrationFindings, ...findings];
    if (all.length > 0) return { kind: "fail", findings: all };
    return { kind: "pass", evidence: { files: view.desired.migrations.length, pending: pending.length } };
  },
});
