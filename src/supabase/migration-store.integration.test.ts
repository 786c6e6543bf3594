import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { failureOf, migration, openDatabase, takeLock } from "../../tests/support/target.ts";
import { BeeError } from "../core/bee-error.ts";
import type { Lease } from "../ports/deploy-lock.ts";
import type { Database } from "./database.ts";
import { createDeployLock } from "./deploy-lock.ts";
import { createMigrationStore } from "./migration-store.ts";

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
});
afterEach(async () => {
  await database.close();
  await target.drop();
});

const fast = {
  lockTimeoutMs: 50,
  attempts: 3,
  clock: { now: Date.now, random: () => 0, sleep: async () => {} },
};
const names = (sql: string) =>
  database.query<{ name: string }>(sql).then((rows) => rows.map(({ name }) => name));
const tables = () =>
  names(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
  );
const history = () => createMigrationStore(database).readHistory();

describe("the migration store", () => {
  it("reads an empty history without writing anything", async () => {
    const fresh = await server.createDatabase();
    const other = openDatabase(fresh.url);
    expect(await createMigrationStore(other).readHistory()).toEqual([]);
    expect(await other.query("select nspname from pg_namespace where nspname = 'bee'")).toEqual([]);
    await other.close();
    await fresh.drop();
  });

  it("applies a file with its history row", async () => {
    const store = createMigrationStore(database);
    await store.apply(
      migration("1", "a", "-- first\ncreate table a (id int);\ninsert into a values (1);\n-- end"),
      lease,
    );
    expect(await tables()).toEqual(["a"]);
    expect(await store.readHistory()).toEqual([
      {
        version: "1",
        name: "a",
        statements: ["-- first\ncreate table a (id int)", "insert into a values (1)", "-- end"],
      },
    ]);
  });

  it("applies a file twice once", async () => {
    const file = migration("1", "a", "create table a (id int);");
    await createMigrationStore(database).apply(file, lease);
    await createMigrationStore(database).apply(file, lease);
    expect(await history()).toHaveLength(1);
  });

  it("refuses a version that was applied with other content", async () => {
    await createMigrationStore(database).apply(migration("1", "a", "create table a (id int);"), lease);
    const error = await failureOf(
      createMigrationStore(database).apply(migration("1", "b", "create table b (id int);"), lease),
    );
    expect(error).toMatchObject({ code: "BEE-E307", exit: 6 });
    expect(await tables()).toEqual(["a"]);
  });

  it("lets nothing a file sets reach the next", async () => {
    const store = createMigrationStore(database);
    await store.apply(migration("1", "a", "set search_path = auth; set role anon;"), lease);
    await store.apply(migration("2", "b", "create table b (id int);"), lease);
    expect(await tables()).toEqual(["b"]);
  });

  it.each([
    {
      title: "a syntax error",
      sql: "create table a (id int);\n\n  creat table b (id int);",
      message: 'supabase/migrations/2_x.sql:3:3: syntax error at or near "creat" (SQLSTATE 42601)',
      excerpt: "3 |   creat table b (id int);\n      ^",
    },
    {
      title: "an error the server points at, behind characters of more than one unit",
      sql: "select '🐝ü';\nselect '🐝', nope from pg_class;",
      message: 'supabase/migrations/2_x.sql:2:14: column "nope" does not exist (SQLSTATE 42703)',
      excerpt: "2 | select '🐝', nope from pg_class;\n                 ^",
    },
    {
      title: "an error the server points nowhere for: the statement that failed",
      sql: "create table a (id int);\n-- again\ncreate table\n  a (id int);\nselect 1;",
      message: 'supabase/migrations/2_x.sql:3:1: relation "a" already exists (SQLSTATE 42P07)',
      excerpt: "3 | create table\n    ^",
    },
    {
      title: "an error inside a function",
      sql: "select 1;\ndo $$ begin raise exception 'no bees'; end $$;",
      message: "supabase/migrations/2_x.sql:2:1: no bees (SQLSTATE P0001)",
      excerpt: "2 | do $$ begin raise exception 'no bees'; end $$;\n    ^",
    },
  ])("says where $title is, and leaves nothing of the file", async ({ sql, message, excerpt }) => {
    const store = createMigrationStore(database);
    await store.apply(migration("1", "ok", "create table kept (id int);"), lease);
    const error = await failureOf(store.apply(migration("2", "x", sql), lease));
    expect(error).toBeInstanceOf(BeeError);
    const { code, message: said, detail, exit } = error as BeeError;
    expect({ code, said, exit }).toEqual({ code: "BEE-E301", said: message, exit: 7 });
    expect(detail?.startsWith(excerpt)).toBe(true);
    expect(detail).toContain(
      "Nothing of this file is left in the database. This run applied 1 before it, they stay: 1.",
    );
    expect(await tables()).toEqual(["kept"]);
    expect((await history()).map(({ version }) => version)).toEqual(["1"]);
  });

  it("finds a constraint that only fails at COMMIT", async () => {
    const sql =
      "create table a (id int primary key);\ncreate table b (a int references a deferrable initially deferred);\ninsert into b values (1);";
    const error = await failureOf(createMigrationStore(database).apply(migration("1", "x", sql), lease));
    expect(error).toMatchObject({
      code: "BEE-E301",
      exit: 9,
      message: expect.stringContaining("SQLSTATE 23503"),
    });
    expect(await tables()).toEqual([]);
  });

  it("refuses a file that ends its transaction, before anything runs", async () => {
    const error = await failureOf(
      createMigrationStore(database).apply(migration("1", "x", "create table a (id int);\ncommit;"), lease),
    );
    expect(error).toMatchObject({ code: "BEE-E302", message: expect.stringContaining("1_x.sql:2:1") });
    expect(await tables()).toEqual([]);
  });

  it("waits for a lock a bounded number of times, then says so", async () => {
    await createMigrationStore(database).apply(migration("1", "a", "create table a (id int);"), lease);
    await database.withSession(async (session) => {
      await session.query("begin; lock table a");
      const add = migration("2", "b", "select 1;\nalter table a add column b int;");
      const error = await failureOf(createMigrationStore(database, fast).apply(add, lease));
      expect(error).toMatchObject({
        code: "BEE-E305",
        message: expect.stringContaining("2_b.sql:2:1: no lock in 3 attempts"),
      });
      await session.query("rollback");
    });
    expect((await history()).map(({ version }) => version)).toEqual(["1"]);
  });

  it("goes on when the lock is freed between two attempts", async () => {
    await createMigrationStore(database).apply(migration("1", "a", "create table a (id int);"), lease);
    await database.withSession(async (session) => {
      await session.query("begin; lock table a");
      const sleep = async () => {
        await session.query("rollback");
      };
      const store = createMigrationStore(database, { ...fast, clock: { ...fast.clock, sleep } });
      await store.apply(migration("2", "b", "alter table a add column b int;"), lease);
    });
    expect((await history()).map(({ version }) => version)).toEqual(["1", "2"]);
  });

  it("lets of two who apply the same file one do it, and both be content", async () => {
    const file = migration("1", "a", "create table a (id int);\nselect pg_sleep(0.2);");
    await Promise.all([1, 2, 3].map(() => createMigrationStore(database).apply(file, lease)));
    expect(await history()).toHaveLength(1);
    expect(await tables()).toEqual(["a"]);
  });

  it("writes nothing with a lock that was lost before it began", async () => {
    await createDeployLock(database).breakLock("somebody", "to see");
    const error = await failureOf(
      createMigrationStore(database).apply(migration("1", "a", "create table a (id int);"), lease),
    );
    expect(error).toMatchObject({ code: "BEE-E550", exit: 5 });
    expect(await tables()).toEqual([]);
  });

  it("writes nothing where schema bee, and with it the lock, is gone", async () => {
    await createMigrationStore(database).apply(migration("1", "a", "create table a (id int);"), lease);
    await database.query("drop schema bee cascade");
    const error = await failureOf(
      createMigrationStore(database).apply(migration("2", "b", "create table b (id int);"), lease),
    );
    expect(error).toMatchObject({ code: "BEE-E550" });
    expect(await tables()).toEqual(["a"]);
  });

  it("writes nothing when the lock is taken while the file runs", async () => {
    const file = migration("1", "a", "create table a (id int);\nselect pg_advisory_lock(77);");
    const lost = await database.withSession(async (gate) => {
      await gate.query("select pg_advisory_lock(77)");
      const applying = failureOf(createMigrationStore(database).apply(file, lease));
      const waiting = "select from pg_locks where locktype = 'advisory' and not granted";
      while ((await gate.query(waiting)).rowCount === 0);
      await createDeployLock(database).breakLock("somebody", "to see");
      await takeLock(database, "somebody");
      await gate.query("select pg_advisory_unlock(77)");
      return applying;
    });
    expect(lost).toMatchObject({ code: "BEE-E550" });
    expect(await tables()).toEqual([]);
    expect(await history()).toEqual([]);
  });

  it("does not hold up the heartbeat while a file runs", async () => {
    const file = migration("1", "a", "create table a (id int);\nselect pg_sleep(1);");
    const ended: string[] = [];
    const applying = createMigrationStore(database).apply(file, lease);
    const renewing = createDeployLock(database).renew(lease, 60_000);
    await Promise.all([
      applying.then(() => ended.push("file")),
      renewing.then(() => ended.push("heartbeat")),
    ]);
    expect(await renewing).toBe(true);
    expect(ended).toEqual(["heartbeat", "file"]);
  });

  it("says that nothing is left when the session is killed in the middle of a file", async () => {
    const file = migration("1", "a", "create table a (id int);\nselect pg_sleep(30);");
    const applying = failureOf(createMigrationStore(database).apply(file, lease));
    const admin = openDatabase(target.adminUrl);
    const kill =
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(30)%' and pid <> pg_backend_pid()";
    while ((await admin.query(kill)).length === 0);
    await admin.close();
    expect(await applying).toMatchObject({ code: "BEE-E304", exit: 9 });
    expect(await tables()).toEqual([]);
    expect(await history()).toEqual([]);
  });
});
