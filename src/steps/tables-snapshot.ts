import { pendingMigrations } from "../plan/pending-migrations.ts";
import { labelSnapshot, versionsOfSnapshot } from "../plan/snapshot-need.ts";
import { defineStep } from "../ports/step.ts";

/** Snapshots of as many deploys stay. */
const kept = 3;

/**
 * Copies the tables that the migrations may take rows or values from, where no backup point can be counted on.
 * What the migrations did to them is noted right after (migrations.apply), so that it can be told from users' writes.
 */
export const tablesSnapshot = defineStep({
  id: "tables.snapshot",
  title: "Copy tables that migrations touch",
  after: ["backup.create", "database.dump"],
  needs: ["snapshots", "migrations"],
  plan: (view) => {
    const { snapshot } = view.actual;
    if (snapshot == null || snapshot.tables.length === 0) return null;
    const { tables } = snapshot;
    return {
      summary: `copy of ${tables.length === 1 ? tables[0] : `${tables.length} tables`} before ${pendingMigrations(view)[0]?.version}`,
      items: tables.map((table) => ({ object: table, from: null, to: "copied" })),
    };
  },
  apply: async ({ ports, view, fence, note }) => {
    const { tables = [], maxBytes = 0 } = view.actual.snapshot ?? {};
    const applied = new Set((await ports.migrations.readHistory()).map(({ version }) => version));
    // Of a run that died before its first migration: its copy would bring back what users deleted since.
    for (const old of await ports.snapshots.list()) {
      const ran = versionsOfSnapshot(old).some((version) => applied.has(version));
      if (old.closedAt == null && !ran) await ports.snapshots.drop(old.id, fence);
    }
    const label = labelSnapshot(pendingMigrations(view));
    const { id, bytes, tables: taken } = await ports.snapshots.take(label, tables, maxBytes, fence);
    const rows = taken.reduce((sum, table) => sum + table.rows, 0);
    note(`snapshot ${id}: ${rows} rows of ${tables.join(", ")} (${Math.ceil(bytes / 1024)} KiB)`);
    for (const old of (await ports.snapshots.list()).slice(kept)) await ports.snapshots.drop(old.id, fence);
  },
  verify: async ({ ports, view }) => {
    const label = labelSnapshot(pendingMigrations(view));
    const taken = (await ports.snapshots.list()).find((one) => one.label === label && one.closedAt == null);
    const copied = new Set(taken?.tables.map(({ name }) => name));
    return (view.actual.snapshot?.tables ?? [])
      .filter((table) => !copied.has(table))
      .map((table) => `${table} is in no snapshot`);
  },
});
