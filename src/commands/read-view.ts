import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { type DumpNeed, type DumpPolicy, findSizeObstacle, needsDump } from "../plan/dump-need.ts";
import { pendingMigrations } from "../plan/pending-migrations.ts";
import { assembleSnapshotNeed, needsSnapshot } from "../plan/snapshot-need.ts";
import type { Desired, View } from "../plan/view.ts";
import type { Work } from "./read-work.ts";
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
      dump: null,
    },
  };
}

/**
 * The same for a deploy, which has to be able to unpin what a rollback pinned, and may have to copy what its
 * migrations touch; only then the catalog is read.
 */
export async function readDeployView(
  target: Target,
  { desired, facts, snapshots, dumps }: Work,
): Promise<View> {
  const view = await readView(target, desired, facts.exposedSchemas);
  await assertUnpinnable(target, view.actual.pins);
  const { appTables, backups } = view.actual;
  const pending = pendingMigrations(view);
  const backedUp = target.name === "local" || backups.pitrEnabled;
  const [snapshot, dump] = await Promise.all([
    needsSnapshot({ policy: snapshots, pending, appTables, backedUp })
      ? target.reverter
          .readCatalog()
          .then((catalog) => assembleSnapshotNeed({ policy: snapshots, pending }, catalog))
      : null,
    needsDump({ policy: dumps, pending: pending.length, appTables, backedUp })
      ? readDumpNeed(target, dumps)
      : null,
  ]);
  return { desired, actual: { ...view.actual, snapshot, dump } };
}

/** Throws BEE-E368 when a dump is demanded and cannot be. */
async function readDumpNeed({ ports }: Target, policy: DumpPolicy): Promise<DumpNeed> {
  const source = await ports.dumps.readSource();
  const obstacle = (await ports.dumps.findObstacle(source)) ?? findSizeObstacle(source, policy);
  const required = policy.take === "always";
  if (required && obstacle != null) throw cannotDump(obstacle);
  return { required, schemas: source.schemas, obstacle };
}

function cannotDump(obstacle: string): BeeError {
  return new BeeError({
    code: "BEE-E368",
    message: `No dump can be taken before the migrations: ${obstacle}`,
    detail: "bee.config.yaml asks for one (dumps.take: always). Nothing was changed.",
    hint: "Install the client programs of the server's Postgres version, or set dumps.take: auto.",
    exit: exitCodes.refused,
  });
}
