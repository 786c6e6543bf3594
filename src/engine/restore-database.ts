import { setTimeout as sleep } from "node:timers/promises";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Catalog } from "../plan/catalog.ts";
import { chooseRestorePoint, type RestoreChoice } from "../plan/choose-restore-point.ts";
import { type AccountedTable, accountForRestore } from "../plan/row-account.ts";
import type { BackupRestorer } from "../ports/backup-restorer.ts";
import type { Query } from "../ports/database.ts";
import type { Clock } from "./clock.ts";

/** Throws BEE-E357 when nothing reaches back to `before`: said before anything is touched. */
export async function findRestorePoint(restorer: BackupRestorer, before: string): Promise<RestoreChoice> {
  const sources = await restorer.read();
  const choice = chooseRestorePoint(sources, before);
  if (choice != null) return choice;
  const oldest = [sources.pitr?.from, ...sources.backups.map(({ takenAt }) => takenAt)]
    .filter((at) => at != null)
    .sort()[0];
  throw new BeeError({
    code: "BEE-E357",
    message: `There is no backup point at or before ${before}`,
    detail: `${oldest == null ? "There are no backups at all" : `The oldest is of ${oldest}`}. Nothing was changed.`,
    hint: "Take the migrations back by downs, merge a snapshot of single tables, or go forward with a repair.",
    exit: exitCodes.refused,
  });
}

export interface RestoreDatabaseInput {
  readonly restorer: BackupRestorer;
  readonly choice: RestoreChoice;
  readonly query: Query;
  readonly readCatalog: () => Promise<Catalog>;
  readonly readVersions: () => Promise<readonly string[]>;
  /** Versions the history must hold afterwards; null when nobody knows. */
  readonly expected: readonly string[] | null;
  readonly clock: Clock;
  readonly note: (text: string) => void;
}

export interface RestoreOutcome {
  readonly durationMs: number;
  readonly versions: readonly string[];
  readonly rows: readonly AccountedTable[];
}

/** How long the database may take to answer after the platform says it is back. */
const patienceMs = 120_000;

/**
 * Counts, restores, counts again. The deploy lock goes back with the database: take it anew afterwards. Throws
 * BEE-E358 when the database does not hold the migrations it should.
 */
export async function restoreDatabase(input: RestoreDatabaseInput): Promise<RestoreOutcome> {
  const { restorer, choice, clock, note, expected } = input;
  const started = clock.now();
  const before = await countTables(input);
  await restorer.restore(choice, (status) => note(`the project is ${status}`));
  const versions = await awaitVersions(input);
  const durationMs = clock.now() - started;
  assertVersions(choice, versions, expected);
  const after = await countTables(input);
  return { durationMs, versions, rows: accountForRestore(before, after, choice.takenAt) };
}

/** Throws BEE-E358 when the history is not the expected one; null expects nothing. */
export function assertVersions(
  choice: RestoreChoice,
  versions: readonly string[],
  expected: readonly string[] | null,
): void {
  if (expected != null && versions.join() !== [...expected].sort().join())
    throw otherMigrations(choice, versions, expected);
}

/** Exact rows of every table of the app, and of the accounts its users made. */
export async function countTables({
  query,
  readCatalog,
}: Pick<RestoreDatabaseInput, "query" | "readCatalog">): Promise<ReadonlyMap<string, number>> {
  const { objects } = await readCatalog();
  const tables = objects
    .filter(({ kind, facets }) => kind === "table" && facets["form"] === "table")
    .map(({ name }) => name);
  // The accounts users made belong to the reckoning; the platform's other tables do not.
  const counted = [...tables, "auth.users"].map(
    (name) => `select '${name.replaceAll("'", "''")}' as name, count(*) as rows from ${name}`,
  );
  const rows = await query<{ name: string; rows: string }>(counted.join(" union all "));
  return new Map(rows.map(({ name, rows: count }) => [name, Number(count)]));
}

/** The history, as soon as the database answers. */
export async function awaitVersions({
  readVersions,
  clock,
}: Pick<RestoreDatabaseInput, "readVersions" | "clock">): Promise<readonly string[]> {
  for (const until = clock.now() + patienceMs; ; await sleep(500)) {
    try {
      return [...(await readVersions())].sort();
    } catch (error) {
      if (clock.now() >= until) throw error;
    }
  }
}

function otherMigrations(
  choice: RestoreChoice,
  found: readonly string[],
  expected: readonly string[],
): BeeError {
  return new BeeError({
    code: "BEE-E358",
    message: `The database was restored to ${choice.takenAt}, but it does not hold the migrations of the release`,
    detail: [
      ...expected.filter((version) => !found.includes(version)).map((version) => `missing: ${version}`),
      ...found.filter((version) => !expected.includes(version)).map((version) => `besides: ${version}`),
    ].join("\n"),
    hint: "bee status, then deploy the release you want, or restore an earlier point.",
    exit: exitCodes.rollbackFailed,
  });
}
