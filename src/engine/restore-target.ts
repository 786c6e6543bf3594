import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { databaseRollbackPhase } from "../plan/assemble-restore.ts";
import { assembleTargetMigrations } from "../plan/assemble-target-migrations.ts";
import type { RestoreChoice } from "../plan/choose-restore-point.ts";
import { keptReleases, type Release } from "../plan/release.ts";
import type { Revision } from "../plan/revision.ts";
import { type AccountedTable, accountForRestore } from "../plan/row-account.ts";
import type { BackupRestorer } from "../ports/backup-restorer.ts";
import type { Query } from "../ports/database.ts";
import type { DeployLock, LockRequest } from "../ports/deploy-lock.ts";
import type { EvidenceLog } from "../ports/evidence-log.ts";
import type { MigrationStore } from "../ports/migration-store.ts";
import type { BeeRecords, RecordKeeper } from "../ports/record-keeper.ts";
import type { ReleaseLedger } from "../ports/release-ledger.ts";
import type { SchemaReverter } from "../ports/schema-reverter.ts";
import type { Clock } from "./clock.ts";
import { assertVersions, awaitVersions, countTables } from "./restore-database.ts";
import type { PendingRestore, RestoreFile } from "./restore-file.ts";
import { withLock } from "./with-lock.ts";

export interface RestoreTargetInput {
  readonly ref: string;
  readonly restorer: BackupRestorer;
  readonly records: RecordKeeper;
  readonly file: RestoreFile;
  readonly lock: DeployLock;
  readonly request: LockRequest;
  readonly ledger: ReleaseLedger;
  readonly evidence: Pick<EvidenceLog, "append" | "read">;
  readonly migrations: Pick<MigrationStore, "readHistory">;
  readonly reverter: Pick<SchemaReverter, "readCatalog">;
  readonly query: Query;
  readonly revision: Revision;
  readonly tools: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

export interface RestoreWish {
  readonly mark: string;
  readonly choice: RestoreChoice;
  readonly expected: readonly string[] | null;
  readonly bytes: number;
  /** Notes of a run that died before the platform began: they count with those of now. */
  readonly earlier: PendingRestore | null;
}

export interface RestoredTarget {
  readonly choice: RestoreChoice;
  readonly versions: readonly string[];
  readonly rows: readonly AccountedTable[];
  /** Null when the ledger was empty. */
  readonly release: Release | null;
  /** Releases that are newer than what the database holds now; kept in the ledger. */
  readonly newer: readonly string[];
  /** Notes that could not be kept, because others stand in their place. */
  readonly notKept: readonly string[];
  readonly tookMs: number;
}

/**
 * Restores the whole database and takes bee's own notes across. Stops for a signal until the platform is asked; from
 * then on it goes to the end, and a run that dies is finished by `finishRestore`. Throws BEE-E357 when the platform
 * refuses (nothing is touched) and BEE-E358.
 */
export async function restoreTarget(input: RestoreTargetInput, wish: RestoreWish): Promise<RestoredTarget> {
  const { lock, request, records, file, clock, note, restorer } = input;
  const pending = await withLock(
    lock,
    request,
    input.signal,
    async (lease, signal) => {
      const holder = await lock.read();
      const before = await countTables({ query: input.query, readCatalog: input.reverter.readCatalog });
      const carried = await records.carry(wish.mark, lease);
      const noted: PendingRestore = {
        mark: wish.mark,
        choice: wish.choice,
        startedAt: clock.now(),
        held: { token: lease.token, acquiredAt: holder?.acquiredAt ?? new Date(clock.now()).toISOString() },
        expected: wish.expected == null ? null : [...wish.expected],
        bytes: wish.bytes,
        before: [...before],
        records: withEarlier(carried, wish.earlier?.records ?? {}),
      };
      await file.write(noted);
      if (signal.aborted) {
        await file.remove();
        throw interrupted(signal);
      }
      try {
        await restorer.restore(wish.choice, (status) => note(`the project is ${status}`));
      } catch (error) {
        if (error instanceof BeeError && error.code === "BEE-E357") await file.remove();
        throw error;
      }
      await settle(input, noted);
      return noted;
    },
    note,
  );
  return finishRestore(input, pending);
}

/** Repeatable, from any point behind the restore itself. */
export async function finishRestore(
  input: RestoreTargetInput,
  pending: PendingRestore,
): Promise<RestoredTarget> {
  const { lock, request, ledger, evidence, clock, note } = input;
  const notKept = await settle(input, pending);
  const tookMs = clock.now() - pending.startedAt;
  const done = await withLock(
    lock,
    request,
    input.signal,
    async (fence) => {
      const [history, releases] = await Promise.all([
        input.migrations.readHistory(),
        ledger.readReleases(keptReleases),
      ]);
      const after = await countTables({ query: input.query, readCatalog: input.reverter.readCatalog });
      const versions = history.map(({ version }) => version).toSorted();
      const [newest] = releases;
      const same = releases.find(({ migrations }) => namesOf(migrations) === versions.join());
      const known = newest?.planDigest === pending.mark ? newest : null;
      const release =
        newest == null || known != null
          ? known
          : await ledger.record(
              {
                ...input.revision,
                projectRef: input.ref,
                phase: databaseRollbackPhase,
                ...(same == null ? {} : { restores: same.id }),
                planDigest: pending.mark,
                durationMs: tookMs,
                actor: request.holder,
                tools: input.tools,
                migrations: assembleTargetMigrations(history, releases).map(({ version, sha256 }) => ({
                  version,
                  sha256,
                })),
                functions: newest.functions,
                secrets: newest.secrets,
                gates: [],
              },
              fence,
            );
      const rows = accountForRestore(new Map(pending.before), after, pending.choice.takenAt);
      const newer = releases
        .filter(
          ({ recordedAt, planDigest }) => recordedAt > pending.choice.takenAt && planDigest !== pending.mark,
        )
        .map(({ id }) => id);
      const noted = await evidence.read(["restore"], 1);
      if (noted[0]?.body["mark"] !== pending.mark) {
        await evidence.append("restore", request.holder, {
          mark: pending.mark,
          point: pending.choice,
          versions,
          rows,
          restore: { bytes: pending.bytes, ms: tookMs },
        });
      }
      return { choice: pending.choice, versions, rows, release, newer, notKept, tookMs };
    },
    note,
  );
  await input.file.remove();
  assertVersions(pending.choice, done.versions, pending.expected);
  return done;
}

/** The database answers, and bee's notes are back in it. */
async function settle(
  input: RestoreTargetInput,
  { records, held }: PendingRestore,
): Promise<readonly string[]> {
  const readVersions = async (): Promise<readonly string[]> =>
    (await input.migrations.readHistory()).map(({ version }) => version);
  await awaitVersions({ readVersions, clock: input.clock });
  return input.records.bringBack(records, held);
}

/** A row of before goes over one of now: should the platform have restored in between, the older run saw more. */
function withEarlier(now: BeeRecords, earlier: BeeRecords): PendingRestore["records"] {
  const all = [...new Set([...Object.keys(now), ...Object.keys(earlier)])];
  return Object.fromEntries(
    all.map((table) => {
      const rows = [...(earlier[table] ?? []), ...(now[table] ?? [])];
      const texts = new Map(rows.map((row) => [JSON.stringify(row), { ...row }]));
      return [table, [...texts.values()]];
    }),
  );
}

function namesOf(migrations: Release["migrations"]): string {
  return migrations
    .map(({ version }) => version)
    .toSorted()
    .join();
}

function interrupted({ reason }: AbortSignal): BeeError {
  if (reason instanceof BeeError) return reason;
  return new BeeError({
    code: "BEE-E511",
    message: "Interrupted before the restore began.",
    detail: "Nothing was changed.",
    exit: exitCodes.interrupted,
  });
}
