import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Applier, createApplier } from "../../tests/support/apply-in-child.ts";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { migration, openDatabase, takeLock } from "../../tests/support/target.ts";
import type { Lease } from "../ports/deploy-lock.ts";
import type { Database } from "./database.ts";
import { createDeployLock } from "./deploy-lock.ts";
import { ensureHistoryTable } from "./history-table.ts";
import { createMigrationStore } from "./migration-store.ts";

let server: TestPostgres;
let applier: Applier;
let target: TestDatabase;
let database: Database;
let lease: Lease;

beforeAll(async () => {
  [server, applier] = await Promise.all([startTestPostgres(), createApplier()]);
});
afterAll(() => Promise.all([server.stop(), applier.remove()]));
beforeEach(async () => {
  target = await server.createDatabase();
  database = openDatabase(target.url);
  lease = await takeLock(database);
  await ensureHistoryTable(database);
});
afterEach(async () => {
  await database.close();
  await target.drop();
});

const within = { timeout: 15_000, interval: 5 };
const sessions = () =>
  database.query("select pid from pg_stat_activity where application_name = 'bee-child'");
const running = (text: string) =>
  database.query(
    "select from pg_stat_activity where application_name = 'bee-child' and state = 'active' and query like $1",
    [`%${text}%`],
  );
const left = async () => ({
  tables: (await database.query("select from pg_class where relname = 'made'")).length,
  history: (await createMigrationStore(database).readHistory()).map(({ version }) => version),
});

describe("bee killed with -9", () => {
  it("in the middle of a file: the server finishes the statement and commits nothing", async () => {
    const child = applier.start(
      target.url,
      lease.token,
      "1",
      "create table made (id int);\nselect pg_sleep(0.7);",
    );
    await expect.poll(() => running("pg_sleep"), within).toHaveLength(1);
    child.process.kill("SIGKILL");
    await child.exited;
    await expect.poll(sessions, within).toEqual([]);
    expect(await left()).toEqual({ tables: 0, history: [] });
  });

  it("at any moment: the file is applied as a whole or not at all, and the same again is enough", async () => {
    const sql = `create table made (id int);\n${"insert into made values (1);\n".repeat(40)}`;
    for (let version = 1; version <= 12; version += 1) {
      await database.query("drop table if exists made");
      const child = applier.start(target.url, lease.token, String(version), sql);
      const connected = async () => (await sessions()).length > 0 || child.process.exitCode != null;
      await expect.poll(connected, within).toBe(true);
      // A later moment each time, from the greeting to after the COMMIT.
      await new Promise((resolve) => setTimeout(resolve, version * 2));
      child.process.kill("SIGKILL");
      await child.exited;
      await expect.poll(sessions, within).toEqual([]);
      const { tables, history } = await left();
      expect(tables).toBe(history.includes(String(version)) ? 1 : 0);
      await createMigrationStore(database).apply(migration(String(version), "x", sql), lease);
      expect(await database.query("select count(*)::int as rows from made")).toEqual([{ rows: 40 }]);
    }
  });

  it("during a concurrent build: the next run removes what is left and finishes", async () => {
    await database.query("create table made (id int)");
    const sql = "create index concurrently made_id on made (id);";
    const child = await database.withSession(async (session) => {
      // An open transaction that saw the table keeps the build waiting.
      await session.query("begin isolation level repeatable read; insert into made values (1)");
      const started = applier.start(target.url, lease.token, "1", sql);
      await expect.poll(() => running("create index concurrently"), within).toHaveLength(1);
      started.process.kill("SIGKILL");
      await started.exited;
      const kill =
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bee-child'";
      await database.query(kill);
      await expect.poll(sessions, within).toEqual([]);
      await session.query("rollback");
      return started;
    });
    expect(child.process.signalCode).toBe("SIGKILL");
    const again = applier.start(target.url, lease.token, "1", sql);
    expect([await again.exited, again.said()]).toEqual([0, ""]);
    const indexes =
      "select relname, indisvalid from pg_index join pg_class on oid = indexrelid where indrelid = 'made'::regclass";
    expect(await database.query(indexes)).toEqual([{ relname: "made_id", indisvalid: true }]);
    expect((await left()).history).toEqual(["1"]);
  });
});

describe("bee paused while its lock is taken", () => {
  it("writes nothing when it wakes up", async () => {
    const child = applier.start(
      target.url,
      lease.token,
      "1",
      "create table made (id int);\nselect pg_sleep(0.5);",
    );
    await expect.poll(() => running("pg_sleep"), within).toHaveLength(1);
    child.process.kill("SIGSTOP");
    const lock = createDeployLock(database);
    await database.query("update bee.deploy_lock set expires_at = clock_timestamp()");
    const answer = await lock.acquire({ holder: "other", message: "takes over", ttlMs: 60_000 });
    expect(answer).toMatchObject({ lease: { holder: "other" } });
    child.process.kill("SIGCONT");
    expect(await child.exited).toBe(1);
    expect(child.said()).toContain("BEE-E550");
    expect(await left()).toEqual({ tables: 0, history: [] });
  });
});
