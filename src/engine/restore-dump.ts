import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { databaseRollbackPhase } from "../plan/assemble-restore.ts";
import { assembleTargetMigrations } from "../plan/assemble-target-migrations.ts";
import { sha256 } from "../plan/digest.ts";
import { keptReleases, type Release } from "../plan/release.ts";
import { type AccountedTable, accountForRestore } from "../plan/row-account.ts";
import type { Fence } from "../ports/deploy-lock.ts";
import type { DumpHeader, DumpReader, DumpRestorer, DumpTarget } from "../ports/dump-restorer.ts";
import type { TableSnapshots } from "../ports/table-snapshots.ts";
import { countTables } from "./restore-database.ts";
import type { RestoreTargetInput } from "./restore-target.ts";
import { withLock } from "./with-lock.ts";

export interface RestoreDumpInput extends Omit<RestoreTargetInput, "restorer" | "records" | "file"> {
  readonly reader: DumpReader;
  readonly restorer: DumpRestorer;
  readonly snapshots: Pick<TableSnapshots, "list" | "drop">;
}

export interface RestoredDump {
  readonly versions: readonly string[];
  readonly rows: readonly AccountedTable[];
  /** Null when the ledger was empty. */
  readonly release: Release | null;
  /** What was outside the schemas and could not be made again. */
  readonly left: readonly string[];
  /** From the lock to the read-back. */
  readonly tookMs: number;
}

/**
 * Unpacks the dump first, so that a damaged one touches nothing; then replaces the schemas in one transaction under the
 * lock and reads history and rows back. Dying before the commit leaves the target as it was. Throws BEE-E358 when the
 * history read back is not the dump's.
 */
export async function restoreDump(
  input: RestoreDumpInput,
  header: DumpHeader,
  there: DumpTarget,
): Promise<RestoredDump> {
  const { reader, restorer, lock, request, clock, note } = input;
  return reader.unpack(header, there, input.signal, async (unpacked) => {
    note("the dump is unpacked and whole");
    const work = async (fence: Fence, signal: AbortSignal): Promise<RestoredDump> => {
      const started = clock.now();
      const counting = { query: input.query, readCatalog: input.reverter.readCatalog };
      const before = await countTables(counting);
      const left = await restorer.restore(unpacked, header, fence, signal);
      const tookMs = clock.now() - started;
      const [history, after] = await Promise.all([input.migrations.readHistory(), countTables(counting)]);
      const versions = history.map(({ version }) => version).toSorted();
      // Their rows are back already; merged later, they would bring back what users delete from now on.
      for (const { id, takenAt } of await input.snapshots.list()) {
        if (takenAt > header.takenAt) await input.snapshots.drop(id, fence);
      }
      const rows = accountForRestore(before, after, header.takenAt);
      const release = await record(input, header, versions, tookMs, fence);
      await input.evidence.append("restore", request.holder, {
        point: { kind: "dump", takenAt: header.takenAt },
        versions,
        rows,
        dump: { bytes: header.bytes, ms: tookMs },
      });
      if (header.versions != null && header.versions.join() !== versions.join()) {
        throw otherMigrations(header, versions);
      }
      return { versions, rows, release, left, tookMs };
    };
    return withLock(lock, request, input.signal, work, note);
  });
}

/** What is true then: the migrations of the dump, the functions and secrets of whoever came last. */
async function record(
  { ledger, migrations, ref, revision, request, tools }: RestoreDumpInput,
  header: DumpHeader,
  versions: readonly string[],
  durationMs: number,
  fence: Fence,
): Promise<Release | null> {
  const [history, releases] = await Promise.all([
    migrations.readHistory(),
    ledger.readReleases(keptReleases),
  ]);
  const [newest] = releases;
  if (newest == null) return null;
  const same = releases.find(
    (one) =>
      one.migrations
        .map(({ version }) => version)
        .toSorted()
        .join() === versions.join(),
  );
  return ledger.record(
    {
      ...revision,
      projectRef: ref,
      phase: databaseRollbackPhase,
      ...(same == null ? {} : { restores: same.id }),
      planDigest: sha256(`dump ${header.takenAt} ${versions.join()}`),
      durationMs,
      actor: request.holder,
      tools,
      migrations: assembleTargetMigrations(history, releases).map(({ version, sha256: digest }) => ({
        version,
        sha256: digest,
      })),
      functions: newest.functions,
      secrets: newest.secrets,
      gates: [],
    },
    fence,
  );
}

function otherMigrations({ file, versions }: DumpHeader, found: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E358",
    message: `${file} was brought back, but the history of migrations is not the dump's`,
    detail: `in the dump: ${versions?.join(", ")}\nin the target: ${found.join(", ")}`,
    hint: "bee status, then deploy the release you want.",
    exit: exitCodes.rollbackFailed,
  });
}
