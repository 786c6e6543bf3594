import { pendingMigrations } from "../plan/pending-migrations.ts";
import { assembleSnapshotNeed, needsSnapshot, type SnapshotPolicy } from "../plan/snapshot-need.ts";
import type { Desired, View } from "../plan/view.ts";
import type { Target } from "./target.ts";
import { assertUnpinnable } from "./target-cloud.ts";

const countTables = `
  select count(*)::int as tables
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname = any ($1::text[])`;

/** The target as it is now, beside what is wanted. Reads only, all at once. */
export async function readView(target: Target, desired: Desired, schemas: readonly string[]): Promise<View> {
  const { ports } = target;
  const [project, history, functions, secretDigests, backups, releases, pins, tables] = await Promise.all([
    ports.project.readProject(),
    ports.migrations.readHistory(),
    ports.functions.list(),
    ports.secrets.readDigests(),
    ports.backups.read(),
    ports.ledger.readReleases(1),
    target.cloud == null ? [] : ports.pins.read(),
    ports.database.query<{ tables: number }>(countTables, [schemas]),
  ]);
  const release = releases[0] ?? null;
  const appTables = tables[0]?.tables ?? 0;
  return {
    desired,
    actual: {
      project,
      history,
      functions,
      secretDigests,
      backups,
      release,
      pins,
      appTables,
      snapshot: null,
    },
  };
}

/**
 * The same for a deploy, which has to be able to unpin what a rollback pinned, and may have to copy what its
 * migrations touch; only then the catalog is read.
 */
export async function readDeployView(
  target: Target,
  desired: Desired,
  schemas: readonly string[],
  policy: SnapshotPolicy,
): Promise<View> {
  const view = await readView(target, desired, schemas);
  await assertUnpinnable(target, view.actual.pins);
  const { appTables, backups } = view.actual;
  const pending = pendingMigrations(view);
  const backedUp = target.name === "local" || backups.pitrEnabled;
  if (!needsSnapshot({ policy, pending, appTables, backedUp })) return view;
  const snapshot = assembleSnapshotNeed({ policy, pending }, await target.reverter.readCatalog());
  return { desired, actual: { ...view.actual, snapshot } };
}
