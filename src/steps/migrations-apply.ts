import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { pendingMigrations } from "../plan/pending-migrations.ts";
import { defineStep } from "../ports/step.ts";

/** Applies what the history table does not name yet, a transaction per file (plan step 1.1). */
export const migrationsApply = defineStep({
  id: "migrations.apply",
  title: "Apply migrations",
  after: ["backup.create"],
  needs: ["migrations"],
  plan: (view) => {
    const pending = pendingMigrations(view);
    if (pending.length === 0) return null;
    return {
      summary: `${pending.length} of ${view.desired.migrations.length} migrations`,
      items: pending.map(({ path, sha256 }) => ({ object: path, from: null, to: sha256.slice(0, 12) })),
    };
  },
  apply: async ({ ports, view, fence, signal, note }) => {
    const applied = new Set((await ports.migrations.readHistory()).map(({ version }) => version));
    const pending = view.desired.migrations.filter(({ version }) => !applied.has(version));
    for (const [index, migration] of pending.entries()) {
      if (signal.aborted) throw interrupted(index, pending.length, migration.path);
      await ports.migrations.apply(migration, fence);
      note(`${index + 1}/${pending.length} ${migration.path}`);
    }
  },
  verify: async ({ ports, view }) => {
    const history = new Set((await ports.migrations.readHistory()).map(({ version }) => version));
    return view.desired.migrations
      .filter(({ version }) => !history.has(version))
      .map(({ path }) => `${path} is not in the history table`);
  },
});

function interrupted(done: number, all: number, next: string): BeeError {
  return new BeeError({
    code: "BEE-E510",
    message: `Interrupted after ${done} of ${all} migrations; ${next} was not started.`,
    exit: exitCodes.interrupted,
  });
}
