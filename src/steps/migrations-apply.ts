import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { pendingMigrations } from "../plan/pending-migrations.ts";
import { labelSnapshot } from "../plan/snapshot-need.ts";
import type { Fence } from "../ports/deploy-lock.ts";
import { defineStep } from "../ports/step.ts";
import type { TableSnapshots } from "../ports/table-snapshots.ts";

/** Applies what the history table does not name yet, a transaction per file (plan step 1.1). */
export const migrationsApply = defineStep({
  id: "migrations.apply",
  title: "Apply migrations",
  after: ["backup.create", "database.dump", "tables.snapshot"],
  needs: ["migrations", "snapshots"],
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
    let done = 0;
    try {
      for (const migration of pending) {
        if (signal.aborted) throw interrupted(done, pending.length, migration.path);
        await ports.migrations.apply(migration, fence);
        done += 1;
        note(`${done}/${pending.length} ${migration.path}`);
      }
    } finally {
      if (view.actual.snapshot != null) {
        await endSnapshot(ports.snapshots, labelSnapshot(pending), done, fence).catch((error: unknown) => {
          const why = error instanceof Error ? error.message : String(error);
          note(`what the migrations did to the copied tables could not be noted: ${why}`);
        });
      }
    }
  },
  verify: async ({ ports, view }) => {
    const history = new Set((await ports.migrations.readHistory()).map(({ version }) => version));
    return view.desired.migrations
      .filter(({ version }) => !history.has(version))
      .map(({ path }) => `${path} is not in the history table`);
  },
});

/** Notes what the migrations did to the copied tables; a copy before migrations that did nothing is let go. */
async function endSnapshot(
  snapshots: TableSnapshots,
  label: string,
  applied: number,
  fence: Fence,
): Promise<void> {
  const open = (await snapshots.list()).filter((one) => one.label === label && one.closedAt == null);
  for (const { id } of open) await (applied > 0 ? snapshots.close(id, fence) : snapshots.drop(id, fence));
}

function interrupted(done: number, all: number, next: string): BeeError {
  return new BeeError({
    code: "BEE-E510",
    message: `Interrupted after ${done} of ${all} migrations; ${next} was not started.`,
    exit: exitCodes.interrupted,
  });
}
