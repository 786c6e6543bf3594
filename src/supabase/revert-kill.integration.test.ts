import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Applier, createApplier, revertSource } from "../../tests/support/apply-in-child.ts";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { migration, openDatabase, takeLock } from "../../tests/support/target.ts";
import type { Lease } from "../ports/deploy-lock.ts";
import type { Database } from "./database.ts";
import { createMigrationStore } from "./migration-store.ts";

let server: TestPostgres;
let applier: Applier;
let target: TestDatabase;
let database: Database;
let lease: Lease;

beforeAll(async () => {
  [server, applier] = await Promise.all([startTestPostgres(), createApplier(revertSource)]);
});
afterAll(() => Promise.all([server.stop(), applier.remove()]));
beforeEach(async () => {
  target = await server.createDatabase();
  database = openDatabase(target.url);
  lease = await takeLock(database);
});
afterEach(async () => {
  await database.close();
  await target.drop();
});

const within = { timeout: 15_000, interval: 5 };
const sessions = () =>
  database.query("select pid from pg_stat_activity where application_name = 'bee-child'");
const left = async () => ({
  tables: (await database.query("select from pg_class where relname = 'made'")).length,
  history: (await createMigrationStore(database).readHistory()).length,
});

async function apply(version: string): Promise<void> {
  await createMigrationStore(database).apply(
    migration(version, "x", "create table public.made (id int);"),
    lease,
  );
}

describe("bee killed with -9 while it takes a migration back", () => {
  it("leaves everything when a down is running", async () => {
    await apply("1");
    const child = applier.start(
      target.url,
      lease.token,
      "1",
      "drop table public.made;\nselect pg_sleep(0.7);",
    );
    const asleep = () =>
      database.query(
        "select from pg_stat_activity where application_name = 'bee-child' and state = 'active' and query like '%pg_sleep%'",
      );
    await expect.poll(asleep, within).toHaveLength(1);
    child.process.kill("SIGKILL");
    await child.exited;
    await expect.poll(sessions, within).toEqual([]);
    expect(await left()).toEqual({ tables: 1, history: 1 });
  });

  it("takes back table and history row together or neither, at any moment", async () => {
    const seen = new Set<string>();
    for (let version = 1; version <= 14; version += 1) {
      await database.query("drop table if exists public.made");
      await database.query("delete from supabase_migrations.schema_migrations").catch(() => {});
      await apply(String(version));
      const child = applier.start(target.url, lease.token, String(version), "drop table public.made;");
      const connected = async () => (await sessions()).length > 0 || child.process.exitCode != null;
      await expect.poll(connected, within).toBe(true);
      // A later moment each time, from the greeting to after the COMMIT.
      await new Promise((resolve) => setTimeout(resolve, version ** 2));
      child.process.kill("SIGKILL");
      await child.exited;
      await expect.poll(sessions, within).toEqual([]);
      const { tables, history } = await left();
      expect(tables).toBe(history);
      seen.add(tables === 1 ? "neither" : "both");
    }
    expect(seen).toContain("neither");
  });
});
