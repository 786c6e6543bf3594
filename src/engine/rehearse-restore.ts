import type { Contents, Difference } from "../plan/contents.ts";
import { diffObjects, diffTables } from "../plan/contents.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import { assembleScript } from "../plan/sql-script.ts";
import type { BackupRestorer } from "../ports/backup-restorer.ts";
import type { BackupKeeper } from "../ports/backups.ts";
import type { Query } from "../ports/database.ts";
import type { DeployLock } from "../ports/deploy-lock.ts";
import type { MigrationStore } from "../ports/migration-store.ts";
import type { SchemaReverter } from "../ports/schema-reverter.ts";
import type { Clock } from "./clock.ts";
import { findRestorePoint, restoreDatabase } from "./restore-database.ts";
import { lockTtlMs, withLock } from "./with-lock.ts";

export interface RehearseRestoreInput {
  readonly migrations: MigrationStore;
  readonly backups: BackupKeeper;
  readonly restorer: BackupRestorer;
  readonly reverter: Pick<SchemaReverter, "readCatalog">;
  readonly lock: DeployLock;
  readonly query: Query;
  readonly readContents: () => Promise<Contents>;
  readonly holder: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

export interface RehearsedRestore {
  /** From the request until the database answers again with the right history. */
  readonly durationMs: number;
  /** What is not as it was when the point was taken. */
  readonly differences: readonly Difference[];
}

/** Takes a restore point, does harm behind it, restores, compares. Only ever for a copy. */
export async function rehearseRestore(input: RehearseRestoreInput): Promise<RehearsedRestore> {
  const { migrations, reverter, query, restorer, clock, note } = input;
  const before = await input.readContents();
  const versions = (await migrations.readHistory()).map(({ version }) => version);
  await input.backups.create("drill");
  await harm(input, before);
  const harmed = await input.readContents();
  if (diffObjects(before.catalog, harmed.catalog).length === 0) throw new Error("no harm was done");
  input.signal.throwIfAborted();
  const choice = await findRestorePoint(restorer, new Date(clock.now()).toISOString());
  const { durationMs } = await restoreDatabase({
    restorer,
    choice,
    query,
    readCatalog: () => reverter.readCatalog(),
    readVersions: async () => (await migrations.readHistory()).map(({ version }) => version),
    expected: versions,
    clock,
    note,
  });
  const after = await input.readContents();
  return {
    durationMs,
    differences: [...diffObjects(before.catalog, after.catalog), ...diffTables(before.tables, after.tables)],
  };
}

async function harm(
  { lock, migrations, holder, signal }: RehearseRestoreInput,
  contents: Contents,
): Promise<void> {
  const request = { holder, message: "a drill", ttlMs: lockTtlMs };
  await withLock(lock, request, signal, (fence) => migrations.apply(assembleHarm(contents), fence));
}

/** As a bad release would do it: a migration, behind every other, that adds a table and deletes rows of the app. */
function assembleHarm({ tables }: Contents): MigrationFile {
  const names = [...tables.keys()].filter((name) => !name.startsWith("auth."));
  const deletions = names.map((name) => {
    const some = `array(select ctid from only ${name} limit 10)`;
    return `begin delete from only ${name} where ctid = any (${some}); exception when others then null; end;`;
  });
  const sql = `
create table public.bee_drill_marker (written text not null);
alter table public.bee_drill_marker enable row level security;
insert into public.bee_drill_marker values ('after the restore point');
do $bee$ begin ${deletions.join("\n")} end $bee$;`;
  return assembleScript("99991231235959", "bee_drill", "(a bad release)", sql);
}
