import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readMigrations } from "../../tests/support/backend.ts";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { failureOf, openDatabase, takeLock } from "../../tests/support/target.ts";
import { assembleFlagChanges, invertFlagChanges } from "../plan/app-flag.ts";
import type { Lease } from "../ports/deploy-lock.ts";
import { createMemoryAppFlags } from "../ports/memory/app-flags.ts";
import { createAppFlags } from "./app-flags.ts";
import type { Database } from "./database.ts";
import { createDeployLock } from "./deploy-lock.ts";

let server: TestPostgres;
let target: TestDatabase;
let database: Database;
let lease: Lease;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  target = await server.createDatabase();
  database = openDatabase(target.url);
  lease = await takeLock(database);
  const wanted = readMigrations().filter((sql) => /create schema|public\.feature_flags/.test(sql));
  for (const sql of wanted) await database.withSession((session) => session.query(sql));
  await database.query(`
    insert into public.feature_flags (key, enabled, value, minimum_app_version, description, updated_at) values
      ('realtime_updates', true, '{"b": 1.50, "a": [1, null]}', '1.2.0', 'live scores', '2026-01-01'),
      ('push_notifications', true, '{}', null, '', '2026-01-02')`);
});
afterEach(async () => {
  await database.close();
  await target.drop();
});

const rows = () =>
  database.query(
    "select key, enabled, value::text, minimum_app_version, description from public.feature_flags order by key",
  );

describe("the feature flags", () => {
  it("are switched off together, the minimum version with them, and put back exactly", async () => {
    const flags = createAppFlags(database);
    const before = await rows();
    const changes = assembleFlagChanges(await flags.read(), {
      off: ["realtime_updates", "push_notifications"],
      minimumAppVersion: "1.5.0",
    });
    await flags.apply(changes, lease);
    expect(await flags.read()).toMatchObject([
      { key: "app", enabled: false, value: "{}", minimumAppVersion: "1.5.0" },
      { key: "push_notifications", enabled: false },
      {
        key: "realtime_updates",
        enabled: false,
        value: '{"a": [1, null], "b": 1.50}',
        minimumAppVersion: "1.2.0",
      },
    ]);
    await flags.apply(changes, lease);
    await flags.apply(invertFlagChanges(changes), lease);
    expect(await rows()).toEqual(before);
  });

  it("are left as they are when one of them was changed by somebody else", async () => {
    const flags = createAppFlags(database);
    const changes = assembleFlagChanges(await flags.read(), {
      off: ["push_notifications", "realtime_updates"],
    });
    await database.query(
      "update public.feature_flags set minimum_app_version = '9.0.0' where key = 'realtime_updates'",
    );
    const before = await rows();
    expect(await failureOf(flags.apply(changes, lease))).toMatchObject({
      code: "BEE-E825",
      exit: 6,
      detail: "expected on, from app version 1.2.0\nfound on, from app version 9.0.0\nNothing was changed.",
    });
    expect(await rows()).toEqual(before);
  });

  it("are not waited for longer than seconds", async () => {
    const flags = createAppFlags(database);
    const changes = assembleFlagChanges(await flags.read(), { off: ["push_notifications"] });
    await database.withSession(async (other) => {
      await other.query("begin; select from public.feature_flags for update");
      expect(await failureOf(flags.apply(changes, lease))).toMatchObject({ code: "BEE-E825" });
      await other.query("rollback");
    });
    await flags.apply(changes, lease);
  });

  it("are not written by who lost the lock", async () => {
    const flags = createAppFlags(database);
    const changes = assembleFlagChanges(await flags.read(), { off: ["push_notifications"] });
    await createDeployLock(database).breakLock("me", "a test");
    expect(await failureOf(flags.apply(changes, lease))).toMatchObject({ code: "BEE-E550", exit: 5 });
    expect((await flags.read()).filter(({ enabled }) => enabled)).toHaveLength(2);
  });

  it("are told to be missing where the table is", async () => {
    const flags = createAppFlags(database);
    const changes = assembleFlagChanges(await flags.read(), { off: ["push_notifications"] });
    await database.query("drop table public.feature_flags");
    for (const work of [flags.read(), flags.apply(changes, lease)]) {
      expect(await failureOf(work)).toMatchObject({
        code: "BEE-E820",
        exit: 2,
        hint: "Deploy the migrations first: bee deploy phase1",
      });
    }
  });

  it("behave in memory as in the database", async () => {
    const memory = createMemoryAppFlags();
    for (const { key, ...flag } of await createAppFlags(database).read()) memory.state.set(key, flag);
    const before = await memory.read();
    const changes = assembleFlagChanges(before, { off: ["push_notifications"], minimumAppVersion: "1.0.0" });
    await memory.apply(changes, lease);
    await createAppFlags(database).apply(changes, lease);
    const bare = (all: readonly { updatedAt: string }[]) => all.map(({ updatedAt: _, ...rest }) => rest);
    expect(bare(await memory.read())).toEqual(bare(await createAppFlags(database).read()));
    const [first] = changes;
    memory.state.delete("push_notifications");
    expect(await failureOf(memory.apply(invertFlagChanges(changes), lease))).toMatchObject({
      code: "BEE-E825",
    });
    expect(first?.key).toBe("app");
  });
});
