import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { findRestorePoint, restoreDatabase } from "../../src/engine/restore-database.ts";
import type { BackupRestorer } from "../../src/ports/backup-restorer.ts";
import { createBackupKeeper } from "../../src/supabase/backup-keeper.ts";
import { createBackupRestorer } from "../../src/supabase/backup-restorer.ts";
import { readCatalog } from "../../src/supabase/catalog-reader.ts";
import type { Database } from "../../src/supabase/database.ts";
import { createManagementApi, type ManagementApi } from "../../src/supabase/management-api.ts";
import { createMigrationStore } from "../../src/supabase/migration-store.ts";
import { startTestPlatform, type TestPlatform } from "../support/platform.ts";
import { failureOf, migration, openDatabase, takeLock } from "../support/target.ts";

let platform: TestPlatform;
let api: ManagementApi;
let database: Database;
let restorer: BackupRestorer;

beforeAll(async () => {
  platform = await startTestPlatform();
  const { state } = platform;
  api = createManagementApi({
    baseUrl: state.managementUrl,
    accessToken: new Secret(state.accessToken),
    userAgent: "bee/test",
  });
  database = openDatabase(state.dbUrl);
  restorer = createBackupRestorer(api, state.projectRef, { pollMs: 100 });
}, 180_000);
afterAll(async () => {
  await database.close();
  api.close();
  await platform.stop();
});

describe("restoring a backup point", () => {
  it("brings database and history back, and accounts for what was written since", async () => {
    expect(await failureOf(findRestorePoint(restorer, new Date().toISOString()))).toMatchObject({
      code: "BEE-E357",
      detail: "There are no backups at all. Nothing was changed.",
    });
    const lease = await takeLock(database);
    const store = createMigrationStore(database);
    await store.apply(
      migration(
        "20250101000000",
        "notes",
        "create table public.notes (id int primary key, title text); create table public.old (id int);",
      ),
      lease,
    );
    await database.query("insert into public.notes select n, 'note' from generate_series(1, 10) n");
    await database.query("insert into public.old values (1), (2)");
    const point = await createBackupKeeper(api, platform.state.projectRef).create("before");
    await store.apply(
      migration(
        "20250102000000",
        "bad",
        "drop table public.old; update public.notes set title = 'wrong'; create table public.added (id int);",
      ),
      lease,
    );
    await database.query("insert into public.notes values (11, 'meanwhile')");
    await database.query("insert into public.added values (1)");

    const choice = await findRestorePoint(restorer, new Date().toISOString());
    expect(choice).toEqual({ kind: "backup", id: "1", takenAt: point.takenAt });
    const outcome = await restoreDatabase({
      restorer,
      choice,
      query: (sql, params) => database.query(sql, params),
      readCatalog: () => readCatalog(database),
      readVersions: async () => (await store.readHistory()).map(({ version }) => version),
      expected: ["20250101000000"],
      clock: { now: Date.now },
      note: () => {},
    });
    expect(outcome.versions).toEqual(["20250101000000"]);
    expect(outcome.rows).toEqual([
      { table: "auth.users", kept: 0, lost: 0, restored: 0, why: [] },
      {
        table: "public.added",
        kept: 0,
        lost: 1,
        restored: 0,
        why: [`there was no such table on ${point.takenAt}`],
      },
      {
        table: "public.notes",
        kept: 10,
        lost: 1,
        restored: 0,
        why: [`1 more written than deleted since ${point.takenAt}`],
      },
      {
        table: "public.old",
        kept: 0,
        lost: 0,
        restored: 2,
        why: [`2 more deleted than written since ${point.takenAt}`],
      },
    ]);
    expect(await database.query("select distinct title from public.notes")).toEqual([{ title: "note" }]);
    expect(outcome.durationMs).toBeLessThan(60_000);
  });
});
