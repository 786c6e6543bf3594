import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { pendingMigrations } from "../plan/pending-migrations.ts";
import type { View } from "../plan/view.ts";
import { defineStep } from "../ports/step.ts";

/** A point to come back to, taken only when migrations are about to touch tables that exist (plan: rollback). */
export const backupCreate = defineStep({
  id: "backup.create",
  title: "Take a backup point",
  after: [],
  needs: ["backups"],
  plan: (view: View) => {
    const pending = pendingMigrations(view);
    if (pending.length === 0 || view.actual.appTables === 0) return null;
    return {
      summary: `backup point before ${pending[0]?.version}`,
      items: [{ object: "backup point", from: null, to: "now" }],
    };
  },
  apply: async ({ ports, view, now, note }) => {
    try {
      const point = await ports.backups.create(pointName(now()));
      note(`backup point ${point.name} (${point.kind}, ${point.takenAt})`);
    } catch (error) {
      if (!(error instanceof BeeError) || error.code !== "BEE-E330" || view.actual.snapshot == null)
        throw error;
      const { tables } = view.actual.snapshot;
      const instead =
        tables.length === 0
          ? "the migrations take no rows from any table"
          : `the tables they touch are copied instead: ${tables.join(", ")}`;
      note(`no backup point (point-in-time recovery is off); ${instead}`);
    }
  },
  verify: async ({ ports, view }) => {
    const { points, pitrEnabled } = await ports.backups.read();
    if (points.length > 0 || pitrEnabled || view.actual.snapshot != null) return [];
    throw new BeeError({
      code: "BEE-E310",
      message: "The backup point was taken but cannot be read back.",
      hint: "Check the project's backups, then deploy again.",
      exit: exitCodes.inconclusive,
    });
  },
});

/**
 * A new one each time: users may have written since the last attempt. The Management API allows 20 characters
 * (POST …/database/backups/restore-point).
 */
function pointName(now: number): string {
  return `bee-${new Date(now).toISOString().replace(/[-:T]/g, "").slice(0, 14)}`;
}
