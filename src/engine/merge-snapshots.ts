import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { AccountedTable } from "../plan/row-account.ts";
import { chooseMerges } from "../plan/snapshot-cover.ts";
import type { Fence } from "../ports/deploy-lock.ts";
import type { MigrationStore } from "../ports/migration-store.ts";
import type { TableSnapshots } from "../ports/table-snapshots.ts";

interface MergeInput {
  readonly snapshots: TableSnapshots;
  readonly migrations: Pick<MigrationStore, "readHistory">;
  readonly fence: Fence;
}

/** Brings back what migrations that are no longer in the history took from rows. Repeatable. */
export async function mergeSnapshots({
  snapshots,
  migrations,
  fence,
}: MergeInput): Promise<readonly AccountedTable[]> {
  const kept = (await migrations.readHistory()).map(({ version }) => version);
  const accounted: AccountedTable[] = [];
  for (const { id } of chooseMerges(await snapshots.list(), kept)) {
    const rows = await snapshots.merge(id, fence).catch((error: unknown) => {
      throw error instanceof BeeError && error.exit === exitCodes.locked ? error : notMerged(id, error);
    });
    accounted.push(...rows.map((row) => ({ ...row, why: [`snapshot ${id}`, ...row.why] })));
  }
  return accounted;
}

function notMerged(id: number, cause: unknown): BeeError {
  return new BeeError({
    code: "BEE-E366",
    message: `The migrations are taken back, but snapshot ${id} could not be merged: ${cause instanceof Error ? cause.message : String(cause)}`,
    detail: "No row was changed by it; the snapshot stays.",
    hint: "Run the same command again: bee rollback database",
    exit: exitCodes.partial,
    cause,
  });
}
